/** Counts and latencies, each by operation and outcome. A run in which a kind of operation was never ok is unknown. */
import type { Checker, Operation } from '../harness/api.ts'
import { pairOperations } from '../harness/history/pairs.ts'

type Outcome = 'ok' | 'fail' | 'info'

interface Kind {
  readonly counts: Record<Outcome, number>
  /** From invocation to completion. */
  readonly latenciesMs: Record<Outcome, number[]>
  readonly errors: Map<string, number>
}

const quantile = (sorted: readonly number[], q: number): number | null =>
  sorted.length === 0 ? null : (sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] as number)

const newKind = (): Kind => ({
  counts: { ok: 0, fail: 0, info: 0 },
  latenciesMs: { ok: [], fail: [], info: [] },
  errors: new Map(),
})

const summarise = (latenciesMs: readonly number[]): Record<'p50' | 'p99' | 'max', number | null> => {
  const sorted = latenciesMs.toSorted((a, b) => a - b)
  return { p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99), max: sorted.at(-1) ?? null }
}

const gather = (history: readonly Operation[]): ReadonlyMap<string, Kind> => {
  const kinds = new Map<string, Kind>()
  for (const { invocation, completion } of pairOperations(history)) {
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
  needs: ['history'],
  check: async (record) => {
    const kinds = gather(record.history)
    const never = [...kinds].filter(([, kind]) => kind.counts.ok === 0).map(([f]) => f)
    const details = Object.fromEntries(
      [...kinds].map(([f, kind]) => {
        const latencyMs = {
          ok: summarise(kind.latenciesMs.ok),
          fail: summarise(kind.latenciesMs.fail),
          info: summarise(kind.latenciesMs.info),
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
