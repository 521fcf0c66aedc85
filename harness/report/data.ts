/** The data of the page, made from a run's record: plain values, and the operations as columns. Pure. */
import type { Ending, RunRecord } from '../api/record.ts'
import type { RunVerdict, Status } from '../api/verdict.ts'
import { headlineOf } from '../findings/headline.ts'
import { type Steps, stepsOf } from '../findings/steps.ts'
import { windowPicture } from '../findings/window.ts'
import { inNameOrder } from '../support/names.ts'
import { NS_PER_MS } from '../support/time.ts'
import { loadOf, type PageLoad } from './controller.ts'
import { effectsOf, type PageEffects } from './effects.ts'
import { factsOf } from './facts.ts'
import { type PageFault, pageFaults } from './faults.ts'
import {
  keepClocks,
  keepEffects,
  keepFaults,
  keepImpacts,
  keepLateness,
  keepRoles,
  keepSetbacks,
  LeftOut,
  LIMITS,
  nearTo,
  type PageLimits,
} from './limits.ts'
import { pageLogOf } from './logs/encode.ts'
import type { PageLog } from './logs/page-log.ts'
import { runClockOf } from './logs/run-clock.ts'
import { latenessOf, type PageLateness } from './machine.ts'
import { type SpaceTimeWindow, spaceTimeWindows, wantedWindows } from './messages.ts'
import { clocksOf, type PageClock, type PageRole, rolesOf } from './nodes.ts'
import { type OperationColumns, operationColumns } from './operations.ts'
import type { Overview } from './overview.ts'
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
  /** Of all operations. Null: the page holds them all. */
  readonly overview: Overview | null
  readonly faults: readonly PageFault[]
  readonly nodes: readonly string[]
  readonly roles: readonly PageRole[]
  readonly clocks: readonly PageClock[]
  readonly samples: readonly PageSamples[]
  readonly setbacks: readonly PageSetback[]
  readonly endings: readonly Ending[]
  readonly lateness: readonly PageLateness[]
  readonly load: readonly PageLoad[]
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
  /** What the page does not hold, in sentences. */
  readonly leftOut: readonly string[]
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

/** The zone of this machine, which is usually the one that ran it: a record does not say which. */
export const localEastMs = ({ facts }: Pick<RunRecord, 'facts'>): number =>
  -new Date(facts?.startedAt ?? 0).getTimezoneOffset() * 60_000

/** Around the evidence and where faults begin, lines are kept first. */
const logOf = (
  record: RunRecord,
  evidence: readonly number[],
  { logLines, logCharacters }: PageLimits,
): PageLog | null => {
  const ofEvidence = evidence.flatMap((index) => record.history.at(index)?.timeNs ?? [])
  const ofFaults = (record.faults ?? []).flatMap(({ injectedAtNs }) => injectedAtNs ?? [])
  return pageLogOf(record, localEastMs(record), {
    interestingNs: [...ofEvidence, ...ofFaults],
    mostLines: logLines,
    mostCharacters: logCharacters,
  })
}

/** Operations of each piece of evidence of that status. */
const evidenceOf = ({ verdicts }: RunVerdict, wanted: Status): readonly (readonly number[])[] =>
  verdicts
    .filter(({ status }) => status === wanted)
    .flatMap(({ evidence }) => evidence.map(({ operations }) => operations))
    .filter((operations) => operations.length > 0)

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

/** A plan that was repeated may have thousands of faults, which the page shows anyway. */
const MOST_PLANNED = 500

const specOf = ({ spec }: RunRecord): unknown =>
  (spec?.faults?.length ?? 0) <= MOST_PLANNED
    ? spec
    : { ...spec, faults: `${spec?.faults?.length} recorded faults: see run.json` }

type Event = 'verdict' | 'faults' | 'roles' | 'clocks' | 'setbacks' | 'lateness' | 'effects' | 'samples'

/** What happened during the run, and there is no end to. */
const eventsOf = (
  { record, verdict }: JudgedRun,
  endMs: number,
  evidence: readonly number[],
  limits: PageLimits,
): Pick<ReportData, Event | 'leftOut'> => {
  const { pairs, vocabulary, history } = record
  const samples = record.samples ?? []
  const zeroMs = runClockOf(record)?.zeroMs ?? 0
  const near = nearTo(
    evidence.slice(0, MOST_NEAR).map((index) => (history.at(index)?.timeNs ?? 0) / NS_PER_MS),
  )
  const left = new LeftOut()
  const events = {
    verdict: keepImpacts(verdict, limits.impacts, left),
    faults: keepFaults(pageFaults(record.faults ?? [], endMs), limits.faults, near, left),
    roles: keepRoles(rolesOf(samples, endMs), limits.roles, near, left),
    clocks: keepClocks(clocksOf(samples, zeroMs), limits.clocks, left),
    setbacks: keepSetbacks(setbacksOf(samples), limits.setbacks, left),
    lateness: keepLateness(latenessOf(record.machine ?? []), limits.lateness, left),
    effects: keepEffects(
      effectsOf(record.services ?? {}, zeroMs, pairs, vocabulary),
      limits.effects,
      near,
      left,
    ),
    samples: samplesOf(samples, zeroMs, limits.samples),
  }
  const held = events.samples.reduce((sum, { numbers }) => sum + numbers.length, 0)
  if (held < samples.length)
    left.say('samples of nodes', held, samples.length, 'those at which something changed')
  return { ...events, leftOut: left.sentences }
}

/** Operations of the evidence, around which things are kept first. */
const MOST_NEAR = 50

/** @param limits how much the page may hold */
export const reportData = (judged: JudgedRun, limits = LIMITS): Report => {
  const { record, verdict, again } = judged
  const { pairs, spec, vocabulary } = record
  const endMs = endOf(record)
  const { labels, rowOf } = rowsOf(pairs, spec?.concurrency ?? null)
  // What is invalid goes before what is unknown. A valid verdict's evidence is no error.
  const evidence = [...evidenceOf(verdict, 'invalid'), ...evidenceOf(verdict, 'unknown')]
  const { shown, rest } = select(pairs, evidence.flat(), limits.operations, {
    endMs,
    rowCount: labels.length,
    rowOf,
  })
  const { columns, ...operations } = operationColumns(shown, rowOf, vocabulary)
  const data = {
    ...titleOf(record),
    ...eventsOf(judged, endMs, evidence.flat(), limits),
    endMs,
    rows: labels,
    operations,
    omitted: rest?.densities ?? null,
    overview: rest?.overview ?? null,
    nodes: inNameOrder((record.samples ?? []).map(({ node }) => node)),
    endings: record.facts?.endings ?? [],
    load: loadOf(record.machine ?? []),
    facts: factsOf(record),
    spec: specOf(record),
    headline: headlineOf(record, verdict),
    steps: stepsOf(record, verdict),
    picture: windowPicture(record, verdict),
    again: again ?? null,
    windows: spaceTimeWindows(record, wantedWindows(record, evidence)),
  }
  return { data, columns, log: logOf(record, evidence.flat(), limits) }
}
