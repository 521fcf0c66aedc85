/** What is made smaller: a recorded plan and the settings of its run, and the ways to make them smaller. */
import type { Intent, RecordedFault } from '../api/nemesis.ts'
import { NS_PER_MS } from '../support/time.ts'

export interface ShrinkCase {
  /** Earliest first. */
  readonly faults: readonly RecordedFault[]
  readonly timeLimitMs: number
  readonly concurrency: number
  /** Operations per second; 0: no limit. */
  readonly rate: number
  readonly nodes: number
  /** The option `keys` of the workload. Null: it has none. */
  readonly keys: number | null
}

/** Shorter faults are hardly measured. */
const SHORTEST_FAULT_NS = 100 * NS_PER_MS
/** Before the first fault, and at most between the end of one and the beginning of the next. */
const PAUSE_NS = 1500 * NS_PER_MS
/** At most so much of the run follows the last fault. */
const TAIL_NS = 5000 * NS_PER_MS

const endOf = ({ atNs, durationNs }: RecordedFault): number => atNs + durationNs

/** Ends after this time: without the faults that begin later, and with shorter ones of those that would end later. */
export const endingAfter = (whole: ShrinkCase, timeLimitMs: number): ShrinkCase => {
  const endNs = timeLimitMs * NS_PER_MS
  const faults = whole.faults
    .filter(({ atNs }) => atNs + SHORTEST_FAULT_NS <= endNs)
    .map((fault) => ({ ...fault, durationNs: Math.min(fault.durationNs, endNs - fault.atNs) }))
  return { ...whole, faults, timeLimitMs }
}

const earlier = (fault: RecordedFault, byNs: number): RecordedFault => ({
  ...fault,
  atNs: fault.atNs - byNs,
  ...(fault.latestNs === undefined ? {} : { latestNs: fault.latestNs - byNs }),
})

/** Without long calms: what overlaps still does, in the same way. */
export const pulledTogether = (whole: ShrinkCase): ShrinkCase => {
  let endNs = 0
  let byNs = 0
  const faults = whole.faults.map((fault) => {
    byNs += Math.max(0, fault.atNs - endNs - PAUSE_NS)
    endNs = Math.max(endNs, endOf(fault))
    return earlier(fault, byNs)
  })
  if (faults.length === 0) return whole
  const tailNs = Math.min(TAIL_NS, whole.timeLimitMs * NS_PER_MS - endNs)
  const timeLimitMs = Math.ceil((Math.max(...faults.map(endOf)) + tailNs) / NS_PER_MS)
  return { ...whole, faults, timeLimitMs: Math.min(whole.timeLimitMs, timeLimitMs) }
}

const halved = (fault: RecordedFault): RecordedFault => ({
  ...fault,
  durationNs: Math.max(SHORTEST_FAULT_NS, Math.round(fault.durationNs / 2)),
})

/** @param only the identifier of the one to shorten; absent: all */
export const withShorterFaults = (whole: ShrinkCase, only?: string): ShrinkCase => ({
  ...whole,
  faults: whole.faults.map((fault) => (only === undefined || fault.id === only ? halved(fault) : fault)),
})

/** Nodes that are gone leave the lists that name them; where one alone is named, another takes its place. */
const renamed = (value: unknown, names: readonly string[], kept: number): unknown => {
  if (Array.isArray(value))
    return value
      .filter((each) => names.indexOf(each as string) < kept)
      .map((each) => renamed(each, names, kept))
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, renamed(each, names, kept)]))
  const at = typeof value === 'string' ? names.indexOf(value) : -1
  return at < kept ? value : names[at % kept]
}

/** @param names of all nodes, in the order of the cluster */
export const onFewerNodes = (whole: ShrinkCase, nodes: number, names: readonly string[]): ShrinkCase => ({
  ...whole,
  nodes,
  faults: whole.faults.map((fault) => ({ ...fault, intent: renamed(fault.intent, names, nodes) as Intent })),
})
