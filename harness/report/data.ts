/** The data of the page, made from a run's record: plain values, and the operations as columns. Pure. */
import type { Ending, RunRecord } from '../api/record.ts'
import type { RunVerdict, Status } from '../api/verdict.ts'
import { headlineOf } from '../findings/headline.ts'
import { type Steps, stepsOf } from '../findings/steps.ts'
import { windowPicture } from '../findings/window.ts'
import { inNameOrder } from '../support/names.ts'
import { NS_PER_MS } from '../support/time.ts'
import { effectsOf, type PageEffects } from './effects.ts'
import { factsOf } from './facts.ts'
import { type PageFault, pageFaults } from './faults.ts'
import { pageLogOf } from './logs/encode.ts'
import type { PageLog } from './logs/page-log.ts'
import { runClockOf } from './logs/run-clock.ts'
import { latenessOf, type PageLateness } from './machine.ts'
import { type SpaceTimeWindow, spaceTimeWindows, wantedWindows } from './messages.ts'
import { clocksOf, type PageClock, type PageRole, rolesOf } from './nodes.ts'
import { type OperationColumns, operationColumns } from './operations.ts'
import { rowsOf } from './rows.ts'
import { type PageSamples, samplesOf } from './samples.ts'
import { type Densities, select } from './selection.ts'
import { type PageSetback, setbacksOf } from './setbacks.ts'

/** What the page holds as JSON. */
export interface ReportData {
  readonly title: string
  readonly subtitle: string
  readonly verdict: RunVerdict
  readonly endMs: number
  /** Labels of the lines of clients. */
  readonly rows: readonly string[]
  readonly operations: Omit<OperationColumns, 'columns'>
  /** Those that the page does not hold. */
  readonly omitted: Densities | null
  readonly faults: readonly PageFault[]
  readonly nodes: readonly string[]
  readonly roles: readonly PageRole[]
  readonly clocks: readonly PageClock[]
  readonly samples: readonly PageSamples[]
  readonly setbacks: readonly PageSetback[]
  readonly endings: readonly Ending[]
  readonly lateness: readonly PageLateness[]
  readonly effects: PageEffects
  readonly facts: readonly (readonly [string, string])[]
  readonly spec: unknown
  /** The sentence that answers first. */
  readonly headline: string
  /** The evidence of the first finding step by step; null: nothing was broken. */
  readonly steps: Steps | null
  /** The same as an SVG image. */
  readonly picture: string | null
  /** The command that runs it again; null: it is not known. */
  readonly again: string | null
  /** Captured messages of a few windows; none if none were captured. */
  readonly windows: readonly SpaceTimeWindow[]
}

export interface Report {
  readonly data: ReportData
  readonly columns: OperationColumns['columns']
  /** The logs of the nodes; null: the run has none. */
  readonly log: PageLog | null
}

/** A run or a history with its verdict. */
export interface JudgedRun {
  readonly record: RunRecord
  readonly verdict: RunVerdict
  /** The command that runs it again. Absent: it is not known. */
  readonly again?: string
}

const MOST_LINES = 100_000
const MOST_LOG_CHARACTERS = 20e6

/** The zone of this machine, which is usually the one that ran it: a record does not say which. */
export const localEastMs = ({ facts }: Pick<RunRecord, 'facts'>): number =>
  -new Date(facts?.startedAt ?? 0).getTimezoneOffset() * 60_000

/** Around the evidence and where faults begin, lines are kept first. */
const logOf = (record: RunRecord, evidence: readonly number[]): PageLog | null => {
  const ofEvidence = evidence.flatMap((index) => record.history.at(index)?.timeNs ?? [])
  const ofFaults = (record.faults ?? []).flatMap(({ injectedAtNs }) => injectedAtNs ?? [])
  return pageLogOf(record, localEastMs(record), {
    interestingNs: [...ofEvidence, ...ofFaults],
    mostLines: MOST_LINES,
    mostCharacters: MOST_LOG_CHARACTERS,
  })
}

/** Operations of each piece of evidence of that status. */
const evidenceOf = ({ verdicts }: RunVerdict, wanted: Status): readonly (readonly number[])[] =>
  verdicts
    .filter(({ status }) => status === wanted)
    .flatMap(({ evidence }) => evidence.map(({ operations }) => operations))
    .filter((operations) => operations.length > 0)

/** More than that make a file that is slow to open. */
const MAX_OPERATIONS = 1_000_000

/** The command, and what the run was started with, name them all. */
const MOST_NAMED = 3

const titleOf = ({ spec }: RunRecord): Pick<ReportData, 'title' | 'subtitle'> => {
  if (spec === null) return { title: 'imported history', subtitle: '' }
  const { nemeses } = spec
  const faults =
    nemeses.length > MOST_NAMED
      ? `${nemeses.length} kinds of faults`
      : nemeses.map(({ name }) => name).join(', ') || 'no faults'
  const incident = spec.incident === undefined ? '' : `incident ${spec.incident.split('/').at(-1)} · `
  return {
    title: [spec.target, spec.workload].map((part) => part.split('/').at(-1)).join(' · '),
    subtitle: `${incident}${faults}${spec.bug === null ? '' : ` · planted bug ${spec.bug}`}`,
  }
}

/** When the last thing of the run was seen: nodes are watched after the last operation, while they recover. */
const endOf = ({ history, samples, faults, facts }: RunRecord): number => {
  const lasts = [
    history.at(-1)?.timeNs,
    samples?.at(-1)?.timeNs,
    ...(faults ?? []).map(({ healedAtNs }) => healedAtNs),
    ...(facts?.endings ?? []).map(({ timeNs }) => timeNs),
  ]
  return lasts.reduce<number>((last, timeNs = 0) => Math.max(last, timeNs / NS_PER_MS), 1e-3)
}

/** @param mostOperations how many operations the page may hold */
export const reportData = (
  { record, verdict, again }: JudgedRun,
  mostOperations = MAX_OPERATIONS,
): Report => {
  const { pairs, spec, vocabulary } = record
  const endMs = endOf(record)
  const { labels, rowOf } = rowsOf(pairs, spec?.concurrency ?? null)
  // What is invalid goes before what is unknown. A valid verdict's evidence is no error.
  const evidence = [...evidenceOf(verdict, 'invalid'), ...evidenceOf(verdict, 'unknown')]
  const { shown, densities } = select(pairs, evidence.flat(), mostOperations, {
    endMs,
    rowCount: labels.length,
    rowOf,
  })
  const { columns, ...operations } = operationColumns(shown, rowOf, vocabulary)
  const samples = record.samples ?? []
  const zeroMs = runClockOf(record)?.zeroMs ?? 0
  const data = {
    ...titleOf(record),
    verdict,
    endMs,
    rows: labels,
    operations,
    omitted: densities,
    faults: pageFaults(record.faults ?? [], endMs),
    nodes: inNameOrder(samples.map(({ node }) => node)),
    roles: rolesOf(samples, endMs),
    clocks: clocksOf(samples, zeroMs),
    samples: samplesOf(samples, zeroMs),
    setbacks: setbacksOf(samples),
    endings: record.facts?.endings ?? [],
    lateness: latenessOf(record.machine ?? []),
    effects: effectsOf(record.services ?? {}, zeroMs, pairs, vocabulary),
    facts: factsOf(record),
    spec,
    headline: headlineOf(record, verdict),
    steps: stepsOf(record, verdict),
    picture: windowPicture(record, verdict),
    again: again ?? null,
    windows: spaceTimeWindows(record, wantedWindows(record, evidence)),
  }
  return { data, columns, log: logOf(record, evidence.flat()) }
}
