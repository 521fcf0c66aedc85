/**
 * What a killed node finds on its disk when it restarts: its own data, its own data without what it had not fsynced (on
 * disks that can lose it), older data, or nothing. Older data is a copy that was taken some time before the kill, while the
 * node was stopped. Either all of it is restored, or only the newest files that changed since.
 */
import type { FaultModel } from '../../harness/api/claims.ts'
import type { ClusterNode } from '../../harness/api/environment.ts'
import type { PlanContext } from '../../harness/api/nemesis.ts'
import { copyData, rollBackData, wipeData } from '../../harness/faults/data-dir.ts'
import { resume, stopAll } from '../../harness/faults/stopping.ts'
import { UserError } from '../../harness/support/assert.ts'
import { mostTolerated } from '../../harness/support/tolerance.ts'
import { sleep } from '../../harness/support/wait.ts'

export const RESTART_DATA = ['kept', 'unsynced-lost', 'rolled-back', 'newest-rolled-back', 'wiped'] as const
type RestartData = (typeof RESTART_DATA)[number]

export interface DataIntent {
  readonly data: RestartData
  /** How much older the restored data is. */
  readonly staleMs: number
  readonly newestFiles: number
}

export const modelOfData = ({ data }: { readonly data: RestartData }): FaultModel => {
  if (data === 'kept') return 'kill'
  return data === 'unsynced-lost' ? 'power-loss' : 'data-loss'
}

/** The victims of faults that lose data: the words that do not mean many nodes. */
export const fewNodes = (words: readonly string[]): readonly string[] => {
  const left = words.filter((word) => word !== 'all' && word !== 'majority')
  return left.length === 0 ? ['one'] : left
}

const olderOf = (node: ClusterNode): string => `${node.hostDataDir}.older`

const isRollback = ({ data }: DataIntent): boolean => data === 'rolled-back' || data === 'newest-rolled-back'

/** Keeps a copy of the data and resolves when the copy is old enough; resolves at once if no older data is needed. */
export const keepOlder = async (
  nodes: readonly ClusterNode[],
  intent: DataIntent,
  signal: AbortSignal,
): Promise<void> => {
  if (!isRollback(intent)) return
  await Promise.all(
    nodes.map(async (node) => {
      const stopped = await stopAll(node)
      try {
        await copyData(node.hostDataDir, olderOf(node))
      } finally {
        resume(stopped)
      }
    }),
  )
  await sleep(intent.staleMs, signal)
}

/** Changes the data of a node that is down and describes the change; null: no change. */
export const changeData = async (node: ClusterNode, intent: DataIntent): Promise<string | null> => {
  if (intent.data === 'kept') return null
  if (intent.data === 'unsynced-lost') {
    const lost = await node.disk?.losePower('nothing', 0)
    return `${lost?.bytes ?? 0} bytes of ${node.name} lost that it had not fsynced`
  }
  // This is not a power loss, so everything that was not durable yet is made durable first.
  await node.disk?.losePower('all', 0)
  if (intent.data === 'wiped') return `${wipeData(node.hostDataDir)} files of ${node.name} wiped`
  const newest = intent.data === 'rolled-back' ? null : intent.newestFiles
  const changed = await rollBackData(node.hostDataDir, olderOf(node), newest)
  return `${changed.join(', ') || 'nothing'} of ${node.name} as it was ${intent.staleMs} ms before`
}

/** What the claims never tolerate is not drawn, so that what they tolerate is drawn more often. */
export const possibleData = (
  words: readonly RestartData[],
  { tolerates, hasDisks }: PlanContext,
): readonly RestartData[] =>
  words.includes('kept')
    ? words.filter((word) => {
        if (word === 'kept') return true
        if (word === 'unsynced-lost') return hasDisks && tolerates['power-loss'] !== undefined
        return (tolerates['data-loss'] ?? 0) !== 0
      })
    : words

/**
 * Keeps data losses within what the claims tolerate: a loss of old data over the whole run, a loss of unsynced data at each
 * kill. Otherwise faults keep the data. If `kept` is not among the words, the user asked for losses regardless of the
 * claims. Only disks of ours can lose unsynced data.
 *
 * @returns a function that is called once per fault, in order
 */
export const dataWithinTolerance = (
  words: readonly RestartData[],
  { tolerates, nodes, hasDisks }: PlanContext,
): ((wanted: RestartData) => RestartData) => {
  if (!hasDisks && words.every((word) => word === 'unsynced-lost'))
    throw new UserError(
      'data=unsynced-lost needs disks that can lose data: add the nemesis disk, whose modes may be limited to latency.',
    )
  if (!words.includes('kept')) return (wanted) => (wanted === 'unsynced-lost' && !hasDisks ? 'kept' : wanted)
  const mayLoseUnsynced = hasDisks && tolerates['power-loss'] !== undefined
  const tolerated = tolerates['data-loss'] ?? 0
  let left = mostTolerated(tolerated, nodes.length)
  return (wanted) => {
    if (wanted === 'unsynced-lost') return mayLoseUnsynced ? wanted : 'kept'
    return wanted === 'kept' || left-- > 0 ? wanted : 'kept'
  }
}
