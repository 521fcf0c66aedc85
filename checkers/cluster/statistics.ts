/** Counts and latencies, each by operation and outcome. A run in which a kind of operation was never ok is unknown. */
import type { Pair } from '../../harness/api/history.ts'
import type { RunRecord } from '../../harness/api/record.ts'
import { quantiles } from '../../harness/support/quantiles.ts'
import { checkerOf, type Judged, notJudged } from '../verdict.ts'

type Outcome = 'ok' | 'fail' | 'info'

interface CallStatistics {
  readonly counts: Record<Outcome, number>
  /** From invocation to completion. */
  readonly latenciesMs: Record<Outcome, number[]>
  readonly errors: Map<string, number>
}

const noStatistics = (): CallStatistics => ({
  counts: { ok: 0, fail: 0, info: 0 },
  latenciesMs: { ok: [], fail: [], info: [] },
  errors: new Map(),
})

const gather = (pairs: readonly Pair[]): ReadonlyMap<string, CallStatistics> => {
  const kinds = new Map<string, CallStatistics>()
  for (const { invocation, completion } of pairs) {
    const kind = kinds.get(invocation.f) ?? noStatistics()
    kinds.set(invocation.f, kind)
    const type = (completion?.type ?? 'info') as Outcome
    kind.counts[type]++
    if (completion !== null) kind.latenciesMs[type].push((completion.timeNs - invocation.timeNs) / 1e6)
    const error = completion === null ? 'no completion recorded' : completion.error
    if (error !== undefined) kind.errors.set(error, (kind.errors.get(error) ?? 0) + 1)
  }
  return kinds
}

const judge = ({ pairs }: RunRecord): Judged => {
  const kinds = gather(pairs)
  if (kinds.size === 0) return notJudged('the history holds no client operation')
  const never = [...kinds].filter(([, kind]) => kind.counts.ok === 0).map(([f]) => f)
  const details = Object.fromEntries(
    [...kinds].map(([f, { counts, latenciesMs, errors }]) => {
      const latencyMs = {
        ok: quantiles(latenciesMs.ok),
        fail: quantiles(latenciesMs.fail),
        info: quantiles(latenciesMs.info),
      }
      return [f, { ...counts, latencyMs, errors: Object.fromEntries(errors) }]
    }),
  )
  return {
    status: never.length === 0 ? 'valid' : 'unknown',
    summary:
      never.length === 0 ? `${[...kinds.keys()].join(', ')}: each was ok.` : `Never ok: ${never.join(', ')}.`,
    evidence: [],
    details,
  }
}

export const statistics = checkerOf({
  name: 'statistics',
  finds: 'kinds of operation that were never ok: a run that tested nothing',
  needs: ['history'],
  promise: () => ({
    text: 'every kind of operation was ok at least once',
    source: 'the harness: a run that tested nothing proves nothing',
  }),
  judge,
})
