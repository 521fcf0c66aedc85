/** The data of the page, made from a run's record: compact, and small enough for one HTML file. */
import type { Operation, Pair } from '../api/history.ts'
import type { FaultColour, Intent } from '../api/nemesis.ts'
import type { Ending, FaultRecord, RunRecord, Sample } from '../api/record.ts'
import type { NodeStatus } from '../api/target.ts'
import type { RunVerdict, Verdict } from '../api/verdict.ts'
import { quantile } from '../support/quantiles.ts'

/** One operation: row, start and end in ms (end -1: it never completed), outcome, text, and index in the history. */
export interface PageOperation {
  readonly row: number
  readonly startMs: number
  readonly endMs: number
  readonly type: 'ok' | 'fail' | 'info'
  readonly f: string
  readonly text: string
  readonly index: number
}

export interface PageFault {
  readonly id: string
  readonly kind: string
  /** The lane in which it is drawn. */
  readonly label: string
  readonly colour: FaultColour
  readonly startMs: number
  readonly endMs: number
  readonly effective: boolean
  readonly victims: readonly string[]
  readonly planned: string
  readonly summary: string
}

/** An interval in which a node's role and term did not change. */
export interface PageRole {
  readonly node: string
  readonly role: NodeStatus['role'] | 'down'
  readonly term: number | null
  readonly startMs: number
  readonly endMs: number
}

/** The series of the plots, one value per bin: rates per second, and latencies in ms (null if nothing completed). */
export interface PageSeries {
  readonly seconds: readonly number[]
  readonly ok: readonly number[]
  readonly fail: readonly number[]
  readonly info: readonly number[]
  readonly p50: readonly (number | null)[]
  readonly p99: readonly (number | null)[]
}

export interface ReportData {
  readonly title: string
  readonly subtitle: string
  readonly verdict: RunVerdict
  readonly endMs: number
  readonly rows: readonly string[]
  readonly operations: readonly PageOperation[]
  readonly omitted: number
  readonly faults: readonly PageFault[]
  readonly roles: readonly PageRole[]
  readonly nodes: readonly string[]
  readonly series: PageSeries
  /** Operations of all evidence, by index of their invocation. */
  readonly highlighted: readonly number[]
  /** Those of the first piece of evidence against the cluster: what "first error" shows. */
  readonly firstError: readonly number[]
  readonly endings: readonly Ending[]
  readonly facts: readonly (readonly [string, string])[]
  readonly spec: unknown
}

const MAX_OPERATIONS = 60_000
const BINS = 240

const ms = (ns: number): number => Math.round(ns / 1e3) / 1e3

const textOf = ({ invocation, completion }: Pair): string => {
  const value = completion?.type === 'ok' ? completion.value : invocation.value
  const error = completion?.error === undefined ? '' : `  (${completion.error})`
  const meta = completion?.meta === undefined ? '' : `  ${JSON.stringify(completion.meta)}`
  return `${invocation.f} ${JSON.stringify(value)}${error}${meta}`
}

const pageOperation = (pair: Pair, row: number): PageOperation => ({
  row,
  startMs: ms(pair.invocation.timeNs),
  endMs: pair.completion === null ? -1 : ms(pair.completion.timeNs),
  type: (pair.completion?.type ?? 'info') as PageOperation['type'],
  f: pair.invocation.f,
  text: textOf(pair),
  index: pair.invocation.index,
})

/** One row per client thread: a crashed process and its successors share a row. */
const rowsOf = (
  pairs: readonly Pair[],
  concurrency: number,
): { readonly rows: readonly string[]; readonly rowOf: (pair: Pair) => number } => {
  const nodes = new Map<number, string | undefined>()
  for (const { invocation } of pairs) nodes.set((invocation.process as number) % concurrency, invocation.node)
  const threads = [...nodes.keys()].sort((a, b) => a - b)
  const position = new Map(threads.map((thread, i) => [thread, i]))
  return {
    rows: threads.map(
      (thread) => `client ${thread}${nodes.get(thread) === undefined ? '' : ` at ${nodes.get(thread)}`}`,
    ),
    rowOf: ({ invocation }) => position.get((invocation.process as number) % concurrency) as number,
  }
}

/** Such as `shape minority, oneWay false, order n5 n1 n3`. */
const intentInWords = (intent: Intent): string =>
  Object.entries(intent)
    .map(
      ([name, value]) =>
        `${name} ${Array.isArray(value) ? value.join(' ') : typeof value === 'object' ? JSON.stringify(value) : value}`,
    )
    .join(', ')

/** One that could not be injected is a point in time. */
const pageFault = (fault: FaultRecord, endMs: number): PageFault => ({
  id: fault.planned.id,
  kind: fault.planned.kind,
  label: fault.planned.label,
  colour: fault.planned.colour,
  startMs: ms(fault.injectedAtNs ?? fault.planned.atNs),
  endMs:
    fault.injectedAtNs === undefined
      ? ms(fault.planned.atNs)
      : fault.healedAtNs === undefined
        ? endMs
        : ms(fault.healedAtNs),
  effective: fault.effective,
  victims: fault.victims,
  planned: intentInWords(fault.planned.intent),
  summary:
    (fault.effects.findLast(({ effective }) => effective) ?? fault.effects.at(-1))?.summary ??
    fault.error ??
    'not measured',
})

const rolesOf = (samples: readonly Sample[], endMs: number): readonly PageRole[] => {
  const open = new Map<string, PageRole>()
  const closed: PageRole[] = []
  for (const { node, timeNs, status } of samples) {
    const role = status?.role ?? 'down'
    const term = status?.term ?? null
    const before = open.get(node)
    if (before !== undefined && before.role === role && before.term === term) continue
    if (before !== undefined) closed.push({ ...before, endMs: ms(timeNs) })
    open.set(node, { node, role, term, startMs: ms(timeNs), endMs })
  }
  return [...closed, ...open.values()]
}

const seriesOf = (pairs: readonly Pair[], endMs: number): PageSeries => {
  const widthMs = Math.max(250, Math.ceil(endMs / BINS))
  const count = Math.max(1, Math.ceil((endMs + 1) / widthMs))
  const zeros = (): number[] => new Array<number>(count).fill(0)
  const rates = { ok: zeros(), fail: zeros(), info: zeros() }
  const latencies: number[][] = Array.from({ length: count }, () => [])
  for (const { invocation, completion } of pairs) {
    if (completion === null || completion.type === 'invoke') continue
    const at = Math.min(count - 1, Math.floor(ms(completion.timeNs) / widthMs))
    const counts = rates[completion.type]
    counts[at] = (counts[at] as number) + 1000 / widthMs
    if (completion.type === 'ok') (latencies[at] as number[]).push(ms(completion.timeNs - invocation.timeNs))
  }
  for (const bin of latencies) bin.sort((a, b) => a - b)
  return {
    seconds: Array.from({ length: count }, (_, i) => (i * widthMs) / 1000),
    ...rates,
    p50: latencies.map((bin) => quantile(bin, 0.5)),
    p99: latencies.map((bin) => quantile(bin, 0.99)),
  }
}

const evidenceOf = ({ evidence }: Verdict): readonly (readonly number[])[] =>
  evidence.map(({ operations }) => operations)

/** What is invalid goes before what is unknown. A valid verdict's evidence is no error. */
const firstErrorOf = ({ verdicts }: RunVerdict): readonly number[] =>
  (['invalid', 'unknown'] as const)
    .flatMap((wanted) => verdicts.filter(({ status }) => status === wanted))
    .flatMap(evidenceOf)
    .find((operations) => operations.length > 0) ?? []

/** All operations or, if there are too many, those around the end of the first error; without one, the latest. */
const select = (pairs: readonly Pair[], firstError: readonly number[]): readonly Pair[] => {
  if (pairs.length <= MAX_OPERATIONS) return pairs
  const focus = firstError.at(-1) ?? Number.POSITIVE_INFINITY
  const at = pairs.findIndex(({ invocation }) => invocation.index >= focus)
  const from = Math.max(0, (at === -1 ? pairs.length : at) - MAX_OPERATIONS / 2)
  return pairs.slice(from, from + MAX_OPERATIONS)
}

const factsOf = (
  { facts, faultline, spec }: RunRecord,
  operations: readonly Operation[],
): ReportData['facts'] => {
  if (facts === null || spec === null) return [['events', String(operations.length)]]
  const recovery =
    facts.recovery === null
      ? 'not observed'
      : facts.recovery.recoveredAfterMs === null
        ? 'never'
        : `${facts.recovery.recoveredAfterMs} ms`
  return [
    ['started', facts.startedAt],
    ['seed', String(spec.seed)],
    ['faultline', faultline ?? 'unknown'],
    ['environment', `${spec.environment}, ${spec.nodes} nodes`],
    [
      'versions',
      Object.entries(facts.versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(', '),
    ],
    [
      'leader changes',
      facts.leaderChanges.map(({ term, leader }) => `${leader} in term ${term}`).join(', ') || 'none',
    ],
    ['recovery after the last heal', recovery],
    [
      'event-loop delay of the harness',
      `p50 ${facts.eventLoopDelayMs.p50} ms, p99 ${facts.eventLoopDelayMs.p99} ms, max ${facts.eventLoopDelayMs.max} ms`,
    ],
  ]
}

export const reportData = (record: RunRecord, verdict: RunVerdict): ReportData => {
  const { pairs } = record
  const last = record.history.at(-1)
  const endMs = Math.ceil(ms(last?.timeNs ?? 0)) + 1
  const { rows, rowOf } = rowsOf(pairs, record.spec?.concurrency ?? Number.MAX_SAFE_INTEGER)
  const firstError = firstErrorOf(verdict)
  const shown = select(pairs, firstError)
  const spec = record.spec
  return {
    title:
      spec === null
        ? 'imported history'
        : [spec.target, spec.workload].map((part) => part.split('/').at(-1)).join(' · '),
    subtitle:
      spec === null
        ? ''
        : `${spec.nemeses.map(({ name }) => name).join(', ') || 'no faults'}${spec.bug === null ? '' : ` · planted bug ${spec.bug}`}`,
    verdict,
    endMs,
    rows,
    operations: shown.map((pair) => pageOperation(pair, rowOf(pair))),
    omitted: pairs.length - shown.length,
    faults: (record.faults ?? [])
      .filter(({ injectedAtNs, error }) => injectedAtNs !== undefined || error !== undefined)
      .map((fault) => pageFault(fault, endMs)),
    roles: rolesOf(record.samples ?? [], endMs),
    nodes: [...new Set((record.samples ?? []).map(({ node }) => node))].sort(),
    series: seriesOf(pairs, endMs),
    highlighted: verdict.verdicts.flatMap(evidenceOf).flat(),
    firstError,
    endings: record.facts?.endings ?? [],
    facts: factsOf(record, record.history),
    spec,
  }
}
