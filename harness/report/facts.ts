/** What a reader needs to judge the run itself: when, with what, on what machine. */
import type { MachineSample, RunFacts, RunRecord } from '../api/record.ts'
import { formatDurationMs } from '../support/time.ts'

type Facts = readonly (readonly [string, string])[]

const recoveryOf = ({ facts }: RunRecord): string => {
  if (facts === null || facts.recovery === null) return 'not observed'
  const { recoveredAfterMs, deadlineMs, notReady } = facts.recovery
  if (recoveredAfterMs !== null) return formatDurationMs(recoveredAfterMs)
  return `not within ${formatDurationMs(deadlineMs)}: ${notReady.join(', ')} not ready`
}

/** How much of the time the machine was late. */
const latenessOf = (machine: readonly MachineSample[]): string => {
  const total = machine.reduce((sum, { periodMs }) => sum + periodMs, 0)
  const late = machine.reduce(
    (sum, { sleeperLateMs, loopLateMs }) => sum + Math.max(sleeperLateMs ?? 0, loopLateMs),
    0,
  )
  if (total === 0) return 'not measured'
  return `${formatDurationMs(late)} of ${formatDurationMs(total)}`
}

/** The memory and the processor that the controller took. */
const takenOf = (machine: readonly MachineSample[]): string => {
  const measured = machine.filter(({ controller }) => controller !== undefined)
  const total = measured.reduce((sum, { periodMs }) => sum + periodMs, 0)
  if (total === 0) return 'not measured'
  const most = measured.reduce((highest, { controller }) => Math.max(highest, controller?.residentMb ?? 0), 0)
  const processor = measured.reduce((sum, { controller }) => sum + (controller?.processorMs ?? 0), 0)
  return `at most ${most} MB, ${Math.round((100 * processor) / total)} % of a processor`
}

const named = (record: Readonly<Record<string, unknown>>): string =>
  Object.entries(record)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ')

/** A cluster may elect all day. */
const SHOWN_CHANGES = 100

const changesOf = ({ leaderChanges, leaderChangesLeftOut = 0 }: RunFacts): string => {
  const shown = leaderChanges.slice(0, SHOWN_CHANGES)
  const more = leaderChanges.length + leaderChangesLeftOut - shown.length
  const texts = shown.map(({ term, leader }) => `${leader} in term ${term}`)
  return [...texts, ...(more === 0 ? [] : [`and ${more} more`])].join(', ') || 'none'
}

export const factsOf = (record: RunRecord): Facts => {
  const { facts, faultline, spec, machine, history } = record
  if (facts === null || spec === null) return [['events', String(history.length)]]
  const { p50, p99, max } = facts.eventLoopDelayMs
  return [
    ['started', facts.startedAt],
    ['ended', facts.endedAt],
    ...(facts.aborted === null ? [] : ([['ended early', facts.aborted]] as const)),
    ['seed', String(spec.seed)],
    ['faultline', faultline ?? 'unknown'],
    ['environment', `${spec.environment}, ${spec.nodes} nodes, ${spec.concurrency} clients`],
    ['versions', named(facts.versions) || 'not told'],
    ['target options', named(spec.targetOptions) || 'none'],
    ['workload options', named(spec.workloadOptions) || 'none'],
    ['leader changes', changesOf(facts)],
    ['recovery after the last heal', recoveryOf(record)],
    ['time that the machine was late', latenessOf(machine ?? [])],
    ['what the harness took', takenOf(machine ?? [])],
    ['event-loop delay of the harness', `p50 ${p50} ms, p99 ${p99} ms, max ${max} ms`],
  ]
}
