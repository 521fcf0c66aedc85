/** Counts and latencies, each by operation and outcome. A run in which a kind of operation was never ok is unknown. */
import type { Pair } from '../../harness/api/history.ts'
import type { Checker } from '../../harness/api/verdict.ts'
import { quantiles } from '../../harness/support/quantiles.ts'

type Outcome = 'ok' | 'fail' | 'info'

interface Kind {
  readonly counts: Record<Outcome, number>
  /** From invocation to completion. */
  readonly latenciesMs: Record<Outcome, number[]>
  readonly errors: Map<string, number>
}

const newKind = (): Kind => ({
  counts: { ok: 0, fail: 0, info: 0 },
  latenciesMs: { ok: [], fail: [], info: [] },
  errors: new Map(),
})

const gather = (pairs: readonly Pair[]): ReadonlyMap<string, Kind> => {
  const kinds = new Map<string, Kind>()
  for (const { invocation, completion } of pairs) {
    const kind = kinds.get(invocation.f) ?? newKind()
    kinds.set(invocation.f, kind)
    const type = (completion?.type ?? 'info') as Outcome
    kind.counts[type]++
    if (completion !== null) kind.latenciesMs[type].push((completion.timeNs - invocation.timeNs) / 1e6)
    const error = completion === null ? 'no completion recorded' : completion.error
    if (error !== undefined) kind.errors.set(error, (kind.errors.get(error) ?? 0) + 1)
  }
  return kinds
}

export const statistics: Checker = {
  name: 'statistics',
  finds: 'kinds of operation that were never ok: a run that tested nothing',
  needs: ['history'],
  check: async (record) => {
    const kinds = gather(record.pairs)
    const never = [...kinds].filter(([, kind]) => kind.counts.ok === 0).map(([f]) => f)
    const details = Object.fromEntries(
      [...kinds].map(([f, kind]) => {
        const latencyMs = {
          ok: quantiles(kind.latenciesMs.ok),
          fail: quantiles(kind.latenciesMs.fail),
          info: quantiles(kind.latenciesMs.info),
        }
        return [f, { ...kind.counts, latencyMs, errors: Object.fromEntries(kind.errors) }]
      }),
    )
    const promise = {
      text: 'every kind of operation was ok at least once',
      source: 'the harness: a run that tested nothing proves nothing',
    }
    if (kinds.size === 0)
      return {
        checker: 'statistics',
        status: 'unknown',
        promise,
        summary: 'The history holds no client operation.',
        evidence: [],
        details,
      }
    const summary =
      never.length === 0 ? `${[...kinds.keys()].join(', ')}: each was ok.` : `Never ok: ${never.join(', ')}.`
    return {
      checker: 'statistics',
      status: never.length === 0 ? 'valid' : 'unknown',
      promise,
      summary,
      evidence: [],
      details,
    }
  },
}
