/** Convergence: once all is healed and nobody writes any more, all replicas come to one state within a deadline. */
import type { RunRecord, Sample } from '../../harness/api/record.ts'
import type { Evidence } from '../../harness/api/verdict.ts'
import { formatDurationMs, formatTimeNs } from '../../harness/support/time.ts'
import { assumed } from '../promise.ts'
import { checkerOf, type Judged } from '../verdict.ts'

const stateOf = ({ status }: Sample): string | null =>
  status?.digest === undefined || status.digestAt === undefined
    ? null
    : `${status.digest} at ${status.digestAt}`

const lastHealNs = ({ faults }: RunRecord): number =>
  Math.max(0, ...(faults ?? []).map(({ healedAtNs = 0 }) => healedAtNs))

/** When first after `fromNs` the latest states of all nodes were one; null: never. */
const convergedAtNs = (samples: readonly Sample[], nodes: number, fromNs: number): number | null => {
  const latest = new Map<string, string | null>()
  for (const sample of samples) {
    if (sample.timeNs < fromNs) continue
    latest.set(sample.node, stateOf(sample))
    const states = new Set(latest.values())
    if (latest.size === nodes && states.size === 1 && !states.has(null)) return sample.timeNs
  }
  return null
}

const judge = (record: RunRecord): Judged => {
  const samples = record.samples ?? []
  const fromNs = lastHealNs(record)
  const endNs = samples.at(-1)?.timeNs ?? 0
  const deadlineMs = record.claims?.recoversWithinMs ?? null
  const atNs = convergedAtNs(samples, record.spec?.nodes ?? 0, fromNs)
  const watchedMs = Math.round((endNs - fromNs) / 1e6)
  if (atNs !== null) {
    const afterMs = Math.round((atNs - fromNs) / 1e6)
    return {
      status: 'valid',
      summary: `All replicas were seen in one state ${formatDurationMs(afterMs)} after the last heal.`,
      evidence: [],
      details: { afterMs },
    }
  }
  const last = new Map(samples.map((sample) => [sample.node, sample]))
  const evidence: Evidence = {
    title: 'The last state of each replica',
    text: [...last]
      .map(
        ([node, sample]) =>
          `${node}  ${stateOf(sample) ?? 'did not answer'}  at ${formatTimeNs(sample.timeNs)}`,
      )
      .join('\n'),
    operations: [],
  }
  const isDue = deadlineMs !== null && watchedMs >= deadlineMs
  const summary = `The replicas were never seen in one state in the ${formatDurationMs(watchedMs)} after the last heal${isDue || deadlineMs === null ? '' : `, and ${formatDurationMs(deadlineMs)} are allowed`}.`
  return { status: isDue ? 'invalid' : 'unknown', summary, evidence: [evidence], details: { watchedMs } }
}

export const convergence = checkerOf({
  name: 'convergence',
  finds: 'replicas that stay apart once all is healed',
  needs: ['samples', 'claims', 'spec'],
  applies: ({ samples }) => samples?.some((sample) => stateOf(sample) !== null) ?? false,
  promise: assumed('once healed, all replicas become equal'),
  judge,
})
