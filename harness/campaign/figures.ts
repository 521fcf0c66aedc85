/** What the clients saw of a run, in numbers. They are kept with its result, so that they outlive its history. */
import type { RunVerdict } from '../api/verdict.ts'
import type { Figures } from './result.ts'

/** In ms. Null: no operation was ok. */
interface Latency {
  readonly p50: number | null
  readonly p99: number | null
}

/** Of the ok operations of each call, as the checker `statistics` stores them. */
export const callLatencies = ({ verdicts }: RunVerdict): ReadonlyMap<string, Latency> => {
  const { details = {} } = verdicts.find(({ checker }) => checker === 'statistics') ?? {}
  const calls = details as Readonly<Record<string, { latencyMs?: { ok?: Partial<Latency> } } | null>>
  return new Map(
    Object.entries(calls).map(([call, told]) => {
      const { p50 = null, p99 = null } = told?.latencyMs?.ok ?? {}
      return [call, { p50, p99 }]
    }),
  )
}

const most = (values: readonly (number | null)[]): number | null => {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : Math.max(...known)
}

export const figuresOf = (verdict: RunVerdict): Figures => {
  const { served, recoveries = [] } = verdict.impact ?? {}
  const { askedS = 0, servedS = 0 } = served ?? {}
  const latencies = [...callLatencies(verdict).values()]
  return {
    availability: askedS === 0 ? null : servedS / askedS,
    recoveryMs: most(recoveries.map(({ firstOkMs }) => firstOkMs)),
    latencyP50Ms: most(latencies.map(({ p50 }) => p50)),
    latencyP99Ms: most(latencies.map(({ p99 }) => p99)),
  }
}
