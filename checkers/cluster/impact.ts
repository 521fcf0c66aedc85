/**
 * The effect of faults on the cluster as its clients saw it, computed from the record alone: the recovery time after each
 * heal, the longest time without an ok operation for each kind of fault, and the coverage matrix: which operations
 * overlapped which kind of fault, and what the cluster was doing at that time; and what each side of a partition did.
 */

import type { FaultRecord, RunRecord } from '../../harness/api/record.ts'
import type { ClusterActivity, Impact } from '../../harness/api/verdict.ts'
import { NS_PER_MS, NS_PER_S } from '../../harness/support/time.ts'
import { countIn, lowerBound } from '../lower-bound.ts'
import { type Activity, activitiesIn, activitiesOf, momentsOf } from './activity.ts'
import { type CallTimes, callTimes } from './call-times.ts'
import { sidesSeen } from './partitions.ts'
import { overlapsAny, type Span } from './spans.ts'
import { servedTimeOf, usesOfFaults } from './use.ts'

/** The rate counts as back at this share of the undisturbed rate. */
const BACK_SHARE = 0.8
const WINDOW_NS = NS_PER_S

const ms = (ns: number): number => Math.round(ns / NS_PER_MS)

const faultSpan = (fault: FaultRecord, endNs: number): Span | null =>
  fault.injectedAtNs === undefined ? null : { fromNs: fault.injectedAtNs, toNs: fault.healedAtNs ?? endNs }

const coverageOf = (
  calls: CallTimes,
  faults: readonly FaultRecord[],
  activities: readonly Activity[],
  endNs: number,
): Impact['coverage'] => {
  const coverage: Record<string, Partial<Record<ClusterActivity, Record<string, number>>>> = {}
  const askedIn = calls.touching()
  for (const fault of faults.filter(({ effective }) => effective)) {
    const during = faultSpan(fault, endNs)
    if (during === null) continue
    const { kind } = fault.planned
    coverage[kind] ??= {}
    const row = coverage[kind] as (typeof coverage)[string]
    for (const call of askedIn(during)) {
      const f = calls.f(call)
      const { fromNs, toNs } = calls.span(call)
      const both = { fromNs: Math.max(fromNs, during.fromNs), toNs: Math.min(toNs, during.toNs) }
      for (const activity of activitiesIn(activities, both)) {
        row[activity] ??= {}
        const cell = row[activity] as Record<string, number>
        cell[f] = (cell[f] ?? 0) + 1
      }
    }
  }
  return coverage
}

/** ok operations per second while no fault was in force; null if there was no such second. */
const steadyRate = (okNs: Float64Array, spans: readonly Span[], endNs: number): number | null => {
  const isDisturbed = overlapsAny(spans)
  let [count, windows] = [0, 0]
  for (let fromNs = 0; fromNs + WINDOW_NS <= endNs; fromNs += WINDOW_NS) {
    if (isDisturbed({ fromNs: fromNs - WINDOW_NS, toNs: fromNs + WINDOW_NS })) continue
    windows++
    count += countIn(okNs, fromNs, fromNs + WINDOW_NS)
  }
  return windows === 0 ? null : count / windows
}

const STEP_NS = WINDOW_NS / 10

const rateBackMs = (
  okNs: Float64Array,
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
const longestGapNs = (okNs: Float64Array, span: Span): number => {
  let longest = 0
  const first = Math.max(0, lowerBound(okNs, Number, span.fromNs) - 1)
  for (let i = first; i < okNs.length; i++) {
    const from = okNs[i] as number
    if (from > span.toNs) break
    longest = Math.max(longest, (okNs[i + 1] ?? span.toNs) - Math.max(from, 0))
  }
  return longest
}

const longestByKind = (
  okNs: Float64Array,
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

/** Null if the record contains no faults. */
export const impactOf = (record: RunRecord): Impact | null => {
  const { faults, spec, samples, pairs } = record
  if (faults === null || faults.length === 0 || spec === null) return null
  const endNs = record.history.at(-1)?.timeNs ?? 0
  const calls = callTimes(pairs, endNs)
  const okNs = calls.acknowledged.endsNs()
  const spans = faults.flatMap((fault) => faultSpan(fault, endNs) ?? [])
  const moments = momentsOf(samples ?? [], spec.nodes)
  const wholeAt = moments.filter(({ isWhole }) => isWhole).map(({ atNs }) => atNs)
  const healed = faults.filter(({ effective, healedAtNs }) => effective && healedAtNs !== undefined)
  const after = (times: ArrayLike<number>, healedNs: number): number | null => {
    const at = times[lowerBound(times, Number, healedNs)]
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
    coverage: coverageOf(calls.all, faults, activitiesOf(moments, recovering), endNs),
    use: usesOfFaults(record, calls.acknowledged),
    served: servedTimeOf(record),
    sides: sidesSeen(record).map(({ fault, sides }) => ({
      fault: fault.planned.id,
      sides: sides.map(({ served: _, ...side }) => side),
    })),
  }
}
