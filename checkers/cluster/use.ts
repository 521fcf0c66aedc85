/**
 * How much the cluster was used while it was broken. A fault proves something only through operations that were acknowledged
 * while it was in force, or after it and before the next one: where nothing can be served under a fault, such as a killed
 * single server, it is the recovered cluster that has to show what survived.
 */
import type { FaultRecord, RunRecord } from '../../harness/api/record.ts'
import type { FaultUse } from '../../harness/api/verdict.ts'
import { NS_PER_S } from '../../harness/support/time.ts'
import { lowerBound } from '../lower-bound.ts'
import type { CallTimes } from './call-times.ts'

const countInto = (counts: Record<string, number>, calls: readonly number[], times: CallTimes): number => {
  for (const call of calls) {
    const f = times.f(call)
    counts[f] = (counts[f] ?? 0) + 1
  }
  return calls.length
}

/** Kind of fault -> what was acknowledged around its effective faults. */
export const usesOfFaults = (
  { faults }: RunRecord,
  acknowledged: CallTimes,
): Readonly<Record<string, FaultUse>> => {
  const effective = (faults ?? []).filter(
    (fault): fault is FaultRecord & { injectedAtNs: number } =>
      fault.effective && fault.injectedAtNs !== undefined,
  )
  const injectedNs = effective.map(({ injectedAtNs }) => injectedAtNs).sort((a, b) => a - b)
  const acknowledgedIn = acknowledged.touching()
  const uses: Record<
    string,
    { faults: number; used: number; during: Record<string, number>; after: Record<string, number> }
  > = {}
  for (const { planned, injectedAtNs, healedAtNs = Number.POSITIVE_INFINITY } of effective) {
    uses[planned.kind] ??= { faults: 0, used: 0, during: {}, after: {} }
    const use = uses[planned.kind] as (typeof uses)[string]
    const nextNs = injectedNs[lowerBound(injectedNs, Number, healedAtNs)] ?? Number.POSITIVE_INFINITY
    const during = acknowledgedIn({ fromNs: injectedAtNs, toNs: healedAtNs })
    const after = acknowledgedIn({ fromNs: healedAtNs, toNs: nextNs }).filter((call) => {
      const { fromNs, toNs } = acknowledged.span(call)
      return fromNs >= healedAtNs && toNs <= nextNs
    })
    use.faults++
    if (countInto(use.during, during, acknowledged) + countInto(use.after, after, acknowledged) > 0)
      use.used++
  }
  return uses
}

export interface ServedTime {
  /** Seconds of the run in which some operation was in progress. */
  readonly askedS: number
  /** Those of them in which some operation was acknowledged. */
  readonly servedS: number
}

export const servedTimeOf = ({ pairs }: RunRecord): ServedTime => {
  const [asked, served] = [new Set<number>(), new Set<number>()]
  const secondOf = (timeNs: number): number => Math.floor(timeNs / NS_PER_S)
  for (const { invocation, completion } of pairs) {
    const last = secondOf(completion?.timeNs ?? invocation.timeNs)
    for (let second = secondOf(invocation.timeNs); second <= last; second++) asked.add(second)
    if (completion?.type === 'ok') served.add(last)
  }
  return { askedS: asked.size, servedS: served.size }
}
