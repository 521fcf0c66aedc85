/**
 * Whom the adversary holds, by what the nodes say of themselves: whichever node began to lead last. A node that is let go
 * may still say that it leads, as it does not know better yet, and nodes may be asked in any order. So what counts is that a
 * node says something new: that it leads, and did not when it was last asked, or not in that term.
 */
import type { NodeStatus } from '../../harness/api/target.ts'

export interface Pursuit {
  /** The nodes that were held so far, in order. The last one is held now. */
  readonly turns: readonly string[]
  /** The term of the last one, as far as nodes tell terms. */
  readonly term: number
  /** Node -> the term in which it says that it leads. */
  readonly leading: ReadonlyMap<string, number>
}

export const NOBODY_HELD: Pursuit = { turns: [], term: 0, leading: new Map() }

/** @param status null: the node is silent, which says nothing */
export const hear = (pursuit: Pursuit, node: string, status: NodeStatus | null): Pursuit => {
  if (status === null) return pursuit
  const { turns, term: heldTerm } = pursuit
  const leading = new Map(pursuit.leading)
  leading.delete(node)
  if (status.role !== 'leader') return { ...pursuit, leading }
  const term = status.term ?? 0
  const isNew = pursuit.leading.get(node) !== term
  leading.set(node, term)
  if (!isNew || term < heldTerm) return { ...pursuit, leading }
  return { turns: turns.at(-1) === node ? turns : [...turns, node], term, leading }
}
