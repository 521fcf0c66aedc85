/**
 * What a killed node finds on its disk when it comes back: what it left, something older, or nothing. Older data is a copy
 * taken a while before the kill, with the node standing still; all of it, or only of the newest files that changed since.
 */
import type { FaultModel } from '../../harness/api/claims.ts'
import type { ClusterNode } from '../../harness/api/environment.ts'
import type { PlanContext } from '../../harness/api/nemesis.ts'
import { copyData, rollBackData, wipeData } from '../../harness/faults/data-dir.ts'
import { signal as sendSignal } from '../../harness/faults/proc.ts'
import { sleep } from '../../harness/support/wait.ts'

export const RESTART_DATA = ['kept', 'rolled-back', 'newest-rolled-back', 'wiped'] as const
type RestartData = (typeof RESTART_DATA)[number]

export interface DataIntent {
  readonly data: RestartData
  /** How much older the data is that comes back. */
  readonly staleMs: number
  readonly newestFiles: number
}

export const modelOfData = ({ data }: { readonly data: RestartData }): FaultModel =>
  data === 'kept' ? 'kill' : 'data-loss'

/** Whom faults that lose data hit: of the words those that do not mean many nodes. */
export const fewNodes = (words: readonly string[]): readonly string[] => {
  const left = words.filter((word) => word !== 'all' && word !== 'majority')
  return left.length === 0 ? ['one'] : left
}

const olderOf = (node: ClusterNode): string => `${node.hostDataDir}.older`

const isRollback = ({ data }: DataIntent): boolean => data === 'rolled-back' || data === 'newest-rolled-back'

/** Resolves when the data that is kept is as much older as was asked; at once where no older data is needed. */
export const keepOlder = async (
  nodes: readonly ClusterNode[],
  intent: DataIntent,
  signal: AbortSignal,
): Promise<void> => {
  if (!isRollback(intent)) return
  await Promise.all(
    nodes.map(async (node) => {
      const pids = (await node.processes()).map(({ pid }) => pid)
      for (const pid of pids) sendSignal(pid, 'SIGSTOP')
      try {
        await copyData(node.hostDataDir, olderOf(node))
      } finally {
        for (const pid of pids) sendSignal(pid, 'SIGCONT')
      }
    }),
  )
  await sleep(intent.staleMs, signal)
}

/** Changes the data of a node that is down; says what it did. */
export const changeData = async (node: ClusterNode, intent: DataIntent): Promise<string | null> => {
  if (intent.data === 'kept') return null
  // Whatever was not durable yet is now: what happens here is no power loss.
  await node.disk?.losePower('all', 0)
  if (intent.data === 'wiped') return `${wipeData(node.hostDataDir)} files of ${node.name} wiped`
  const newest = intent.data === 'rolled-back' ? null : intent.newestFiles
  const changed = await rollBackData(node.hostDataDir, olderOf(node), newest)
  return `${changed.join(', ') || 'nothing'} of ${node.name} as it was ${intent.staleMs} ms before`
}

/**
 * Spends what the claims tolerate of lost data, over the whole run: what a fault may do to the data, which is to keep it once
 * the claims allow no more. Where keeping it is not among the words, it was asked for losses whatever is claimed.
 *
 * @returns called once a fault, in order
 */
export const dataWithinTolerance = (
  words: readonly RestartData[],
  { tolerates, nodes }: PlanContext,
): ((wanted: RestartData) => RestartData) => {
  if (!words.includes('kept')) return (wanted) => wanted
  const tolerated = tolerates['data-loss'] ?? 0
  const minority = Math.floor((nodes.length - 1) / 2)
  let left = tolerated === 'any' ? Number.POSITIVE_INFINITY : tolerated === 'minority' ? minority : tolerated
  return (wanted) => (wanted === 'kept' || left-- > 0 ? wanted : 'kept')
}
