/** Convergence: after all faults are healed and writes have stopped, all replicas reach the same state within a deadline. */
import type { RunRecord, Sample } from '../../harness/api/record.ts'
import type { Evidence } from '../../harness/api/verdict.ts'
import { formatDurationMs, formatTimeNs } from '../../harness/support/time.ts'
import { assumed, claimed } from '../promise.ts'
import { tableRow, tableView } from '../table-view.ts'
import { checkerOf, type Judged } from '../verdict.ts'
import { troubleNote } from './fault-trouble.ts'
import { slowMachine } from './slow-machine.ts'

const stateOf = ({ status }: Sample): string | null =>
  status?.digest === undefined || status.digestAt === undefined
    ? null
    : `${status.digest} at ${status.digestAt}`

const lastHealNs = ({ faults }: RunRecord): number =>
  Math.max(0, ...(faults ?? []).map(({ healedAtNs = 0 }) => healedAtNs))

/** The first time after `fromNs` at which the latest states of all nodes were equal; null: never. */
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
      summary: `All replicas were in the same state ${formatDurationMs(afterMs)} after the last heal.`,
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
    anomaly: 'replicas do not converge',
    view: tableView(
      { columns: ['node', 'digest', 'at log position', 'asked at'] },
      [...last].map(([node, { status, timeNs }]) =>
        tableRow(
          [node, status?.digest ?? 'did not answer', status?.digestAt ?? '', formatTimeNs(timeNs)],
          [],
          undefined,
          [{ kind: 'sample', node, timeNs }],
        ),
      ),
    ),
  }
  const isDue = deadlineMs !== null && watchedMs >= deadlineMs
  const excuse =
    troubleNote(record) ?? (isDue ? slowMachine(record, { fromNs, toNs: endNs }, deadlineMs) : null)
  const summary = `The replicas were never in the same state in the ${formatDurationMs(watchedMs)} after the last heal${isDue || deadlineMs === null ? '' : ` (claimed: within ${formatDurationMs(deadlineMs)})`}${excuse === null ? '' : `; ${excuse}`}.`
  return {
    status: isDue && excuse === null ? 'invalid' : 'unknown',
    summary,
    evidence: [evidence],
    details: { watchedMs },
  }
}

const HOLDS = 'after the last heal, all replicas reach the same state'

export const convergence = checkerOf({
  name: 'convergence',
  finds: 'replicas that still differ after all faults are healed',
  needs: ['samples', 'claims', 'spec'],
  applies: ({ samples }) => samples?.some((sample) => stateOf(sample) !== null) ?? false,
  // Without a claimed time nothing is held against the cluster.
  promise: (record) =>
    record.claims?.recoversWithinMs === undefined
      ? assumed(HOLDS)
      : claimed(record, `${HOLDS} within ${formatDurationMs(record.claims.recoversWithinMs)}`),
  judge,
})
