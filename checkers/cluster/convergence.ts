/** Convergence: after all faults are healed and writes have stopped, all replicas reach the same state within a deadline. */
import type { RunRecord, Sample } from '../../harness/api/record.ts'
import type { Evidence, OddNode } from '../../harness/api/verdict.ts'
import { formatDurationMs, formatTimeNs } from '../../harness/support/time.ts'
import { assumed, claimed } from '../promise.ts'
import { tableRow, tableView } from '../table-view.ts'
import { checkerOf, type Judged } from '../verdict.ts'
import { Digests } from './digests.ts'
import { troubleNote } from './fault-trouble.ts'
import { silentNode } from './silent-node.ts'
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

/** A node that got no further than a position that others are beyond. */
const laggingNode = (samples: readonly Sample[], last: Sample, most: number): OddNode | null => {
  const { node, timeNs, status } = last
  const position = status?.digestAt
  if (position === undefined || position >= most) return null
  const reached = samples.find((each) => each.node === node && each.status?.digestAt === position)
  return {
    node,
    good: { timeNs: reached?.timeNs ?? timeNs, text: `reaches position ${position}` },
    bad: { timeNs, text: `is still at position ${position}, and others are at ${most}` },
  }
}

/** Those that are silent, differ from most of the others, or lag behind. */
const oddNodes = (record: RunRecord, last: readonly Sample[]): readonly OddNode[] => {
  const samples = record.samples ?? []
  const digests = new Digests(samples)
  const most = Math.max(...last.map(({ status }) => status?.digestAt ?? 0))
  return last.flatMap(
    (sample) =>
      silentNode(record, sample.node) ?? digests.odd(sample.node) ?? laggingNode(samples, sample, most) ?? [],
  )
}

/** The nodes that do not answer, if all others are in the same state. */
const onlySilent = (last: readonly Sample[]): readonly string[] => {
  const [silent, others] = [
    last.filter(({ status }) => status === null),
    last.filter(({ status }) => status !== null),
  ]
  const states = new Set(others.map(stateOf))
  return others.length > 1 && states.size === 1 && !states.has(null) ? silent.map(({ node }) => node) : []
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
  const silent = onlySilent([...last.values()])
  const evidence: Evidence = {
    title: 'The last state of each replica',
    text: [...last]
      .map(
        ([node, sample]) =>
          `${node}  ${stateOf(sample) ?? 'did not answer'}  at ${formatTimeNs(sample.timeNs)}`,
      )
      .join('\n'),
    operations: [],
    anomaly: silent.length > 0 ? 'replica that does not answer' : 'replicas do not converge',
    odd: oddNodes(record, [...last.values()]),
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
  const during = `in the ${formatDurationMs(watchedMs)} after the last heal`
  const found =
    silent.length > 0
      ? `${silent.join(', ')} did not answer at the end, while all others were in the same state: not all replicas got there ${during}`
      : `The replicas were never in the same state ${during}`
  const summary = `${found}${isDue || deadlineMs === null ? '' : ` (claimed: within ${formatDurationMs(deadlineMs)})`}${excuse === null ? '' : `; ${excuse}`}.`
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
