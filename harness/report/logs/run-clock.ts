/**
 * Which wall time is the start of the run. `startedAt` is not: the cluster is provisioned and started between it and time 0,
 * which takes seconds. Newer runs record the wall time of time 0; of older ones it is worked out.
 */
import type { FaultRecord, RunFacts, RunRecord } from '../../api/record.ts'
import { quantile } from '../../support/quantiles.ts'
import { NS_PER_MS } from '../../support/time.ts'
import { firstAtLeast } from './places.ts'

export interface RunClock {
  /** The wall time of time 0: ms since the epoch. */
  readonly zeroMs: number
  /** By how much it may be wrong. */
  readonly withinMs: number
  /** How it was found, as half a sentence. */
  readonly source: string
  /** The wall times between which the nodes ran. */
  readonly fromMs: number
  readonly toMs: number
}

type Parts = Pick<RunRecord, 'facts' | 'samples' | 'history' | 'faults'>

/** When faults moved the clock of a node: spans that do not overlap, by when they end. */
interface Moved {
  readonly fromNs: number[]
  readonly toNs: number[]
}

/** By node. A day has thousands of faults and a million samples, which must not be compared one by one. */
const movedClocks = (faults: readonly FaultRecord[]): ReadonlyMap<string, Moved> => {
  const byNode = new Map<string, Moved>()
  // It begins a little before it is recorded as injected.
  const inOrder = faults.filter(({ planned }) => planned.model === 'clock')
  for (const { planned, victims, healedAtNs } of inOrder.toSorted((a, b) => a.planned.atNs - b.planned.atNs))
    for (const node of victims) {
      const { fromNs, toNs } = byNode.get(node) ?? { fromNs: [], toNs: [] }
      byNode.set(node, { fromNs, toNs })
      const until = healedAtNs ?? Number.POSITIVE_INFINITY
      if (planned.atNs < (toNs.at(-1) ?? Number.NEGATIVE_INFINITY))
        toNs[toNs.length - 1] = Math.max(toNs.at(-1) as number, until)
      else {
        fromNs.push(planned.atNs)
        toNs.push(until)
      }
    }
  return byNode
}

const isMoved = ({ fromNs, toNs }: Moved, timeNs: number): boolean =>
  (fromNs[firstAtLeast(toNs, timeNs + 1)] ?? Number.POSITIVE_INFINITY) < timeNs

/** A node's clock when it was asked, less the time of the run, in ms, where no fault moves the clock. */
export const clockReadings = ({
  samples,
  faults,
}: Pick<RunRecord, 'samples' | 'faults'>): readonly { readonly node: string; readonly ms: number }[] => {
  const byNode = movedClocks(faults ?? [])
  return (samples ?? []).flatMap(({ node, timeNs, status }) => {
    const moved = byNode.get(node)
    if (status?.clockMs === undefined || (moved !== undefined && isMoved(moved, timeNs))) return []
    return [{ node, ms: status.clockMs - timeNs / NS_PER_MS }]
  })
}

/** The last time that the run recorded. It ended soon after. */
const lastMs = ({ history, samples }: Parts): number =>
  Math.max(history.at(-1)?.timeNs ?? 0, samples?.at(-1)?.timeNs ?? 0) / NS_PER_MS

/** What lies between the last sample and the recorded end: logs of services are copied. */
const ENDING_MS = 1000

type Three = [number, number, number]

const workedOut = (parts: Parts, facts: RunFacts): Pick<RunClock, 'zeroMs' | 'withinMs' | 'source'> => {
  const byEndMs = Date.parse(facts.endedAt) - lastMs(parts)
  const readings = clockReadings(parts)
    .map(({ ms }) => ms)
    .sort((a, b) => a - b)
  const [low, median, high] = [0.1, 0.5, 0.9].map((q) => quantile(readings, q) ?? Number.NaN) as Three
  // Clocks of nodes that are far from that of the controller would move the whole run.
  if (Math.abs(median - byEndMs) <= ENDING_MS)
    return {
      zeroMs: median,
      withinMs: Math.ceil((high - low) / 2) + 1,
      source: 'by the clocks that nodes reported while no fault moved them',
    }
  return { zeroMs: byEndMs, withinMs: ENDING_MS, source: 'by the end of the run' }
}

/** Null: the record does not say when it was made. */
export const runClockOf = (parts: Parts): RunClock | null => {
  const { facts } = parts
  if (facts === null) return null
  const span = { fromMs: Date.parse(facts.startedAt), toMs: Date.parse(facts.endedAt) }
  if (!Number.isFinite(span.fromMs) || !Number.isFinite(span.toMs)) return null
  if (facts.zeroAt === undefined) return { ...workedOut(parts, facts), ...span }
  return { zeroMs: Date.parse(facts.zeroAt), withinMs: 1, source: 'as recorded', ...span }
}
