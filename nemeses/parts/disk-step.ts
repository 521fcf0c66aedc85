/**
 * Stops a node before a step of its work on its disk, so that it crashes between two steps. The time between them is too
 * short to be hit by chance.
 */
import type { DiskRule, NodeDisk } from '../../harness/api/disk.ts'
import type { ClusterNode } from '../../harness/api/environment.ts'
import { waitUntil } from '../../harness/support/wait.ts'

/** `any`: wherever it is. */
export const STEPS = ['any', 'write', 'fsync'] as const
export type Step = (typeof STEPS)[number]

/** A node that has nothing to do does not come to the step. */
const WITHIN_MS = 300
const POLL_MS = 2

const ruleOf = (fault: string, step: Exclude<Step, 'any'>): DiskRule => ({
  fault,
  kinds: [step],
  effect: 'stall',
  meanMs: 0,
  distribution: 'fixed',
  errno: 'EIO',
  probability: 1,
  paths: '',
})

interface Held extends AsyncDisposable {
  /** Such as `before an fsync of n1, n2`; null: at no step in particular. */
  readonly summary: string | null
}

/**
 * Holds the next operation of that kind of each node. Resolves when the first has come to it, or after a while: the others
 * may need it to go on. A process that is killed then never did it; one that lives goes on when this is disposed of.
 *
 * @param fault under whose name the operations are held
 */
export const holdBefore = async (
  step: Step,
  fault: string,
  nodes: readonly ClusterNode[],
  signal: AbortSignal,
): Promise<Held> => {
  const name = `${fault}-step`
  const at = nodes.flatMap(({ name: node, disk }) => (disk === undefined ? [] : [{ node, disk }]))
  if (step === 'any' || at.length === 0) return { summary: null, [Symbol.asyncDispose]: async () => {} }
  const setAll = (rules: readonly DiskRule[]): Promise<unknown> =>
    Promise.all(at.map(({ disk }) => disk.setRules(name, rules)))
  const isThere = async (disk: NodeDisk): Promise<boolean> => (await disk.held(name)) > 0
  await setAll([ruleOf(name, step)])
  let there: readonly string[] = []
  const isOneThere = async (): Promise<boolean> => {
    const held = await Promise.all(at.map(({ disk }) => isThere(disk)))
    there = at.flatMap(({ node }, i) => (held[i] ? [node] : []))
    return there.length > 0
  }
  await waitUntil(isOneThere, WITHIN_MS, POLL_MS, signal).catch(() => {})
  const names = there.join(', ')
  return {
    summary: `before ${step === 'write' ? 'a write' : 'an fsync'} of ${names || 'no node (none came to one)'}`,
    [Symbol.asyncDispose]: async () => {
      await setAll([])
    },
  }
}
