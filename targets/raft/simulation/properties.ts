/**
 * The five properties of the Raft paper (figure 3), checked after every step of a simulation. They are checked against
 * everything seen so far, not only against the present state.
 */
import type { NodeId } from '../../protocol/commands.ts'
import type { RaftCore } from '../core/raft.ts'
import type { Entry } from '../core/types.ts'

export interface Observed {
  readonly id: NodeId
  readonly core: RaftCore
}

const show = (entry: Entry | undefined): string =>
  entry === undefined ? 'nothing' : `term ${entry.term} ${JSON.stringify(entry.command)}`

// The simulator passes the same objects around, so identity decides nearly every comparison.
const same = (a: Entry, b: Entry): boolean =>
  a === b ||
  (a.term === b.term && (a.command === b.command || JSON.stringify(a.command) === JSON.stringify(b.command)))

export class Properties {
  readonly #leaders = new Map<number, NodeId>()
  readonly #applied = new Map<number, { entry: Entry; by: NodeId }>()
  readonly #leaderLogs = new Map<NodeId, { term: number; lastIndex: number; entries: Entry[] }>()
  readonly #committed: { entry: Entry; inTerm: number }[] = []

  /** State machine safety: no two nodes apply different entries at one index. `term`: the node's present one. */
  onApply(id: NodeId, entry: Entry, term: number): string | null {
    const before = this.#applied.get(entry.index)
    if (before === undefined) {
      this.#applied.set(entry.index, { entry, by: id })
      this.#committed.push({ entry, inTerm: term })
      return null
    }
    if (same(before.entry, entry)) return null
    return `state machine safety: at index ${entry.index} ${before.by} applied ${show(before.entry)}, ${id} applied ${show(entry)}`
  }

  /** The node restarted: its log is a follower's again. */
  onRestart(id: NodeId): void {
    this.#leaderLogs.delete(id)
  }

  check(nodes: readonly Observed[]): string | null {
    for (const node of nodes) {
      if (node.core.role !== 'leader') {
        this.#leaderLogs.delete(node.id)
        continue
      }
      const broken = this.#electionSafety(node) ?? this.#appendOnly(node) ?? this.#completeness(node)
      if (broken !== null) return broken
    }
    return this.#logMatching(nodes)
  }

  #electionSafety({ id, core }: Observed): string | null {
    const other = this.#leaders.get(core.term)
    if (other !== undefined && other !== id)
      return `election safety: ${other} and ${id} both lead term ${core.term}`
    this.#leaders.set(core.term, id)
    return null
  }

  #appendOnly({ id, core }: Observed): string | null {
    const before = this.#leaderLogs.get(id)
    const from = core.snapshotIndex + 1
    const known = before?.term === core.term ? before : null
    if (known !== null) {
      if (core.lastIndex < known.lastIndex)
        return `leader append-only: ${id} shortened its log in term ${core.term}`
      const tail = known.entries.filter((entry) => entry.index >= from)
      const changed = tail.find((entry) => !same(entry, core.entryAt(entry.index) as Entry))
      if (changed !== undefined)
        return `leader append-only: ${id} overwrote index ${changed.index} in term ${core.term}`
      if (known.lastIndex === core.lastIndex) return null
    }
    const entries: Entry[] = []
    for (let index = Math.max(from, core.lastIndex - 50); index <= core.lastIndex; index++)
      entries.push(core.entryAt(index) as Entry)
    this.#leaderLogs.set(id, { term: core.term, lastIndex: core.lastIndex, entries })
    return null
  }

  /**
   * Leader completeness. What counts is the term in which an entry was committed, not the entry's own term: a stale
   * leader of a term in between need not have the entry.
   */
  #completeness({ id, core }: Observed): string | null {
    for (let at = this.#committed.length - 1; at >= Math.max(0, this.#committed.length - 30); at--) {
      const { entry, inTerm } = this.#committed[at] as { entry: Entry; inTerm: number }
      if (inTerm >= core.term || entry.index <= core.snapshotIndex) continue
      const held = core.entryAt(entry.index)
      if (held === undefined || !same(held, entry)) {
        return `leader completeness: ${id} leads term ${core.term} without committed index ${entry.index} (${show(entry)}, has ${show(held)})`
      }
    }
    return null
  }

  /** Log matching: two logs with the same term at an index are equal up to there. Checked for the last entries. */
  #logMatching(nodes: readonly Observed[]): string | null {
    for (const [i, a] of nodes.entries()) {
      for (const b of nodes.slice(i + 1)) {
        const last = Math.min(a.core.lastIndex, b.core.lastIndex)
        const first = Math.max(a.core.snapshotIndex, b.core.snapshotIndex, last - 30) + 1
        let matched = false
        for (let index = last; index >= first; index--) {
          const left = a.core.entryAt(index) as Entry
          const right = b.core.entryAt(index) as Entry
          if (left.term === right.term) matched = true
          if (matched && !same(left, right))
            return `log matching: ${a.id} and ${b.id} differ at index ${index} below a common entry`
        }
      }
    }
    return null
  }
}
