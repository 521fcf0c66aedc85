/**
 * What a killed node finds on its disk when it comes back: what it left, something older, or nothing. Older data is a copy
 * taken a while before the kill, with the node standing still; all of it, or only of the newest files that changed since.
 */
import type { FaultModel } from '../../harness/api/claims.ts'
import type { ClusterNode } from '../../harness/api/environment.ts'
import type { PlanContext, PlannedFault } from '../../harness/api/nemesis.ts'
import { copyData, rollBackData, wipeData } from '../../harness/faults/data-dir.ts'
import { signal } from '../../harness/faults/proc.ts'

export const DATA = ['kept', 'rolled-back', 'newest-rolled-back', 'wiped'] as const
export type RestartData = (typeof DATA)[number]

export interface DataIntent {
  readonly data: RestartData
  /** How much older the data is that comes back. */
  readonly staleMs: number
  readonly newestFiles: number
}

export const modelOf = ({ data }: { readonly data: RestartData }): FaultModel =>
  data === 'kept' ? 'kill' : 'data-loss'

const olderOf = (node: ClusterNode): string => `${node.hostDataDir}.older`

const isRollback = ({ data }: DataIntent): boolean => data === 'rolled-back' || data === 'newest-rolled-back'

/** To be called so long before the kill as the data shall be older. */
export const keepOlder = async (nodes: readonly ClusterNode[], intent: DataIntent): Promise<void> => {
  if (!isRollback(intent)) return
  await Promise.all(
    nodes.map(async (node) => {
      const pids = (await node.processes()).map(({ pid }) => pid)
      for (const pid of pids) signal(pid, 'SIGSTOP')
      try {
        await copyData(node.hostDataDir, olderOf(node))
      } finally {
        for (const pid of pids) signal(pid, 'SIGCONT')
      }
    }),
  )
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
 * Spends what the claims tolerate of lost data, over the whole run: further faults keep the data, unless every one was
 * asked to lose it.
 */
export const withinTolerance = (
  faults: readonly PlannedFault[],
  words: readonly RestartData[],
  { tolerates, nodes }: PlanContext,
): readonly PlannedFault[] => {
  if (!words.includes('kept')) return faults
  const tolerated = tolerates['data-loss'] ?? 0
  const minority = Math.floor((nodes.length - 1) / 2)
  let left = tolerated === 'any' ? Number.POSITIVE_INFINITY : tolerated === 'minority' ? minority : tolerated
  return faults.map((fault) => {
    if (fault.model !== 'data-loss' || left-- > 0) return fault
    return { ...fault, model: 'kill', intent: { ...fault.intent, data: 'kept' } }
  })
}
