/**
 * What faults did to the cluster as its clients saw it, from the record alone: how long recovery took after each heal,
 * the longest time without an ok operation for each kind of fault, and the coverage matrix: which operations overlapped
 * which kind of fault while the cluster was doing what.
 */

import type { Pair } from '../../harness/api/history.ts'
import type { FaultRecord, RunRecord, Sample } from '../../harness/api/record.ts'
import type { ClusterActivity, Impact } from '../../harness/api/verdict.ts'
import { pairOperations } from '../../harness/history/pairs.ts'
import { NS_PER_MS, NS_PER_S } from '../../harness/support/time.ts'

/** A rate of so much of the undisturbed one is back. */
const BACK_SHARE = 0.8
const WINDOW_NS = NS_PER_S
/** What was not sampled for so long is not known. */
const SAMPLE_LIFETIME_NS = 0.7 * NS_PER_S

interface Span {
  readonly fromNs: number
  readonly toNs: number
}

interface Activity extends Span {
  readonly activity: ClusterActivity
}

const ms = (ns: number): number => Math.round(ns / NS_PER_MS)

/** Of each node, the latest sample and the one before, at each time anything was sampled. */
interface Moment {
  readonly atNs: number
  readonly now: ReadonlyMap<string, Sample>
  readonly before: ReadonlyMap<string, Sample>
}

const momentsOf = (samples: readonly Sample[]): readonly Moment[] => {
  const moments: Moment[] = []
  let now: ReadonlyMap<string, Sample> = new Map()
  let before: ReadonlyMap<string, Sample> = new Map()
  for (const sample of samples) {
    const known = now.get(sample.node)
    if (known !== undefined) before = new Map(before).set(sample.node, known)
    now = new Map(now).set(sample.node, sample)
    moments.push({ atNs: sample.timeNs, now, before })
  }
  return moments
}

const fresh = ({ atNs, now }: Moment): readonly Sample[] =>
  [...now.values()].filter(({ timeNs, status }) => status !== null && atNs - timeNs <= SAMPLE_LIFETIME_NS)

/** All nodes of the run answer, and all know a leader. */
const isWhole = (moment: Moment, nodes: number): boolean => {
  const answering = fresh(moment)
  return (
    answering.length === nodes &&
    answering.every(({ status }) => status?.leader !== null && status?.role !== 'candidate')
  )
}

const membersText = ({ status }: Sample): string | null => status?.members?.toSorted().join() ?? null

const activityAt = (moment: Moment, isRecovering: boolean): ClusterActivity => {
  const answering = fresh(moment)
  if (answering.length === 0) return 'unknown'
  const lists = new Set(answering.map(membersText).filter((text) => text !== null))
  if (lists.size > 1) return 'membership change'
  const leads = answering.some(({ status }) => status?.role === 'leader')
  if (!leads || answering.some(({ status }) => status?.role === 'candidate')) return 'election'
  const compacted = answering.some(({ node, status }) => {
    const earlier = moment.before.get(node)?.status?.snapshotIndex
    return earlier !== undefined && status?.snapshotIndex !== undefined && status.snapshotIndex > earlier
  })
  if (compacted) return 'snapshot'
  return isRecovering ? 'recovery' : 'steady'
}

const activitiesOf = (moments: readonly Moment[], recovering: readonly Span[]): readonly Activity[] =>
  moments.map((moment, i) => {
    const { atNs } = moment
    const isRecovering = recovering.some(({ fromNs, toNs }) => fromNs <= atNs && atNs < toNs)
    const nextNs = moments[i + 1]?.atNs ?? atNs + SAMPLE_LIFETIME_NS
    return {
      fromNs: atNs,
      toNs: Math.min(nextNs, atNs + SAMPLE_LIFETIME_NS),
      activity: activityAt(moment, isRecovering),
    }
  })

/** First index whose `at` is not below the value, in ascending order. */
const lowerBound = <T>(list: readonly T[], at: (item: T) => number, value: number): number => {
  let [low, high] = [0, list.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (at(list[middle] as T) < value) low = middle + 1
    else high = middle
  }
  return low
}

/** Everything that went on in the span; `unknown` for what no sample covers. */
const activitiesIn = (all: readonly Activity[], span: Span): ReadonlySet<ClusterActivity> => {
  const found = new Set<ClusterActivity>()
  let coveredNs = 0
  for (let i = lowerBound(all, ({ toNs }) => toNs, span.fromNs); i < all.length; i++) {
    const { fromNs, toNs, activity } = all[i] as Activity
    if (fromNs > span.toNs) break
    found.add(activity)
    coveredNs += Math.min(toNs, span.toNs) - Math.max(fromNs, span.fromNs)
  }
  if (coveredNs < span.toNs - span.fromNs || found.size === 0) found.add('unknown')
  return found
}

const spanOf = ({ invocation, completion }: Pair, endNs: number): Span => ({
  fromNs: invocation.timeNs,
  toNs: completion?.timeNs ?? endNs,
})

const faultSpan = (fault: FaultRecord, endNs: number): Span | null =>
  fault.injectedAtNs === undefined ? null : { fromNs: fault.injectedAtNs, toNs: fault.healedAtNs ?? endNs }

const coverageOf = (
  pairs: readonly Pair[],
  faults: readonly FaultRecord[],
  activities: readonly Activity[],
  endNs: number,
): Impact['coverage'] => {
  const coverage: Record<string, Partial<Record<ClusterActivity, Record<string, number>>>> = {}
  for (const fault of faults.filter(({ effective }) => effective)) {
    const during = faultSpan(fault, endNs)
    if (during === null) continue
    const { kind } = fault.planned
    coverage[kind] ??= {}
    const row = coverage[kind] as (typeof coverage)[string]
    for (const pair of pairs) {
      const span = spanOf(pair, endNs)
      const both = { fromNs: Math.max(span.fromNs, during.fromNs), toNs: Math.min(span.toNs, during.toNs) }
      if (both.fromNs > both.toNs) continue
      for (const activity of activitiesIn(activities, both)) {
        row[activity] ??= {}
        const cell = row[activity] as Record<string, number>
        cell[pair.invocation.f] = (cell[pair.invocation.f] ?? 0) + 1
      }
    }
  }
  return coverage
}

/** ok operations a second while no fault was in force; null where there was no such second. */
const steadyRate = (okNs: readonly number[], spans: readonly Span[], endNs: number): number | null => {
  let [count, windows] = [0, 0]
  for (let fromNs = 0; fromNs + WINDOW_NS <= endNs; fromNs += WINDOW_NS) {
    const isQuiet = !spans.some((span) => span.fromNs < fromNs + WINDOW_NS && span.toNs > fromNs - WINDOW_NS)
    if (!isQuiet) continue
    windows++
    count += countIn(okNs, fromNs, fromNs + WINDOW_NS)
  }
  return windows === 0 ? null : count / windows
}

const countIn = (times: readonly number[], fromNs: number, toNs: number): number =>
  lowerBound(times, (t) => t, toNs) - lowerBound(times, (t) => t, fromNs)

const STEP_NS = WINDOW_NS / 10

const rateBackMs = (
  okNs: readonly number[],
  healedNs: number,
  rate: number | null,
  endNs: number,
): number | null => {
  if (rate === null || rate === 0) return null
  for (let fromNs = healedNs; fromNs + WINDOW_NS <= endNs; fromNs += STEP_NS)
    if (countIn(okNs, fromNs, fromNs + WINDOW_NS) >= BACK_SHARE * rate) return ms(fromNs - healedNs)
  return null
}

/** Longest time between two ok operations that touches the span, up to its end or the first ok after it. */
const longestGapNs = (okNs: readonly number[], span: Span): number => {
  let longest = 0
  const first = Math.max(0, lowerBound(okNs, (t) => t, span.fromNs) - 1)
  for (let i = first; i < okNs.length; i++) {
    const from = okNs[i] as number
    if (from > span.toNs) break
    longest = Math.max(longest, (okNs[i + 1] ?? span.toNs) - Math.max(from, 0))
  }
  return longest
}

const longestByKind = (
  okNs: readonly number[],
  faults: readonly FaultRecord[],
  endNs: number,
): Impact['longestUnavailabilityMs'] => {
  const longest: Record<string, number> = {}
  for (const fault of faults.filter(({ effective }) => effective)) {
    const span = faultSpan(fault, endNs)
    if (span === null) continue
    const { kind } = fault.planned
    longest[kind] = Math.max(longest[kind] ?? 0, ms(longestGapNs(okNs, span)))
  }
  return longest
}

/** Null where the record holds no faults to speak of. */
export const impactOf = (record: RunRecord): Impact | null => {
  const { faults, spec, samples } = record
  if (faults === null || faults.length === 0 || spec === null) return null
  const pairs = pairOperations(record.history)
  const okNs = pairs
    .flatMap(({ completion }) => (completion?.type === 'ok' ? [completion.timeNs] : []))
    .sort((a, b) => a - b)
  const endNs = record.history.at(-1)?.timeNs ?? 0
  const spans = faults.flatMap((fault) => faultSpan(fault, endNs) ?? [])
  const moments = momentsOf(samples ?? [])
  const wholeAt = moments.filter((moment) => isWhole(moment, spec.nodes)).map(({ atNs }) => atNs)
  const healed = faults.filter(({ effective, healedAtNs }) => effective && healedAtNs !== undefined)
  const after = (times: readonly number[], healedNs: number): number | null => {
    const at = times[lowerBound(times, (t) => t, healedNs)]
    return at === undefined ? null : ms(at - healedNs)
  }
  const rate = steadyRate(okNs, spans, endNs)
  const recoveries = healed.map((fault) => {
    const healedNs = fault.healedAtNs as number
    return {
      fault: fault.planned.id,
      kind: fault.planned.kind,
      firstOkMs: after(okNs, healedNs),
      readyMs: after(wholeAt, healedNs),
      rateBackMs: rateBackMs(okNs, healedNs, rate, endNs),
    }
  })
  const recovering = recoveries.map(({ readyMs }, i) => {
    const fromNs = (healed[i] as FaultRecord).healedAtNs as number
    return { fromNs, toNs: readyMs === null ? endNs : fromNs + readyMs * NS_PER_MS }
  })
  return {
    recoveries,
    longestUnavailabilityMs: longestByKind(okNs, faults, endNs),
    coverage: coverageOf(pairs, faults, activitiesOf(moments, recovering), endNs),
  }
}
