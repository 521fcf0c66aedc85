/** Counts and latencies by operation and outcome. A run in which some kind of operation was never ok is unknown. */
import type { Pair } from '../../harness/api/history.ts'
import type { Scratch } from '../../harness/api/spill.ts'
import { foldingChecker, type Judged, notJudged } from '../verdict.ts'
import { Measurements } from './measurements.ts'

type Outcome = 'ok' | 'fail' | 'info'

interface CallStatistics {
  readonly counts: Record<Outcome, number>
  /** From invocation to completion. */
  readonly latenciesMs: Record<Outcome, Measurements>
  readonly errors: Map<string, number>
}

const noStatistics = (scratch: Scratch | undefined): CallStatistics => ({
  counts: { ok: 0, fail: 0, info: 0 },
  latenciesMs: {
    ok: new Measurements(scratch),
    fail: new Measurements(scratch),
    info: new Measurements(scratch),
  },
  errors: new Map(),
})

class Gathered {
  readonly kinds = new Map<string, CallStatistics>()
  readonly #scratch: Scratch | undefined

  constructor(scratch: Scratch | undefined) {
    this.#scratch = scratch
  }

  take({ invocation, completion }: Pair): void {
    const kind = this.kinds.get(invocation.f) ?? noStatistics(this.#scratch)
    this.kinds.set(invocation.f, kind)
    const type = (completion?.type ?? 'info') as Outcome
    kind.counts[type]++
    if (completion !== null) kind.latenciesMs[type].push((completion.timeNs - invocation.timeNs) / 1e6)
    const error = completion === null ? 'no completion recorded' : completion.error
    if (error !== undefined) kind.errors.set(error, (kind.errors.get(error) ?? 0) + 1)
  }
}

const judge = ({ kinds }: Gathered): Judged => {
  if (kinds.size === 0) return notJudged('the history holds no client operation')
  const never = [...kinds].filter(([, kind]) => kind.counts.ok === 0).map(([f]) => f)
  const details = Object.fromEntries(
    [...kinds].map(([f, { counts, latenciesMs, errors }]) => {
      const latencyMs = {
        ok: latenciesMs.ok.quantiles(),
        fail: latenciesMs.fail.quantiles(),
        info: latenciesMs.info.quantiles(),
      }
      return [f, { ...counts, latencyMs, errors: Object.fromEntries(errors) }]
    }),
  )
  return {
    status: never.length === 0 ? 'valid' : 'unknown',
    summary:
      never.length === 0
        ? `${[...kinds.keys()].join(', ')}: each was ok at least once.`
        : `Never ok: ${never.join(', ')}.`,
    evidence: [],
    details,
  }
}

export const statistics = foldingChecker({
  name: 'statistics',
  finds: 'kinds of operation that were never ok: a run that tested nothing',
  needs: ['history'],
  promise: () => ({
    text: 'every kind of operation was ok at least once',
    source: 'the harness: a run that tested nothing proves nothing',
  }),
  fold: ({ scratch }) => {
    const gathered = new Gathered(scratch)
    return { take: (pair) => gathered.take(pair), result: () => judge(gathered) }
  },
})
