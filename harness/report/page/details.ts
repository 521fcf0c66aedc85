/** The details of what is selected: an operation, a fault, or a moment. */
import type { ReportData } from '../data.ts'
import type { PageFault } from '../faults.ts'
import type { ShownLine } from '../logs/page-log.ts'
import type { PageRole } from '../nodes.ts'
import { linkTo } from './address.ts'
import { element } from './dom.ts'
import type { History } from './history.ts'
import type { Selected } from './state.ts'

type Content = Node | string
type Fact = readonly [string, readonly Content[]]

const MAX_OVERLAPPING = 20
/** Operations looked at for those that overlap. */
const MAX_LOOKED_AT = 20_000

const timeText = (ms: number): string => `${(ms / 1000).toFixed(6)} s`

const durationText = (ms: number): string => (ms < 1 ? `${(1000 * ms).toFixed(0)} µs` : `${ms.toFixed(2)} ms`)

const list = (facts: readonly Fact[]): HTMLElement =>
  element(
    'dl',
    {},
    facts.flatMap(([name, contents]) => [element('dt', {}, [name]), element('dd', {}, contents)]),
  )

const separated = (items: readonly Content[]): readonly Content[] =>
  items.flatMap((item, i) => (i === 0 ? [item] : [', ', item]))

const code = (text: string): HTMLElement => element('code', {}, [text])

const inForceAt = (faults: readonly PageFault[], fromMs: number, toMs: number): readonly PageFault[] =>
  faults.filter(({ inForce }) => inForce !== null && inForce.startMs <= toMs && inForce.endMs >= fromMs)

const faultLinks = (faults: readonly PageFault[]): readonly Content[] =>
  faults.length === 0
    ? ['none']
    : separated(faults.map(({ id, effective }) => linkTo('fault', id, effective ? id : `${id} (no effect)`)))

/** Operations that were under way at the same time, those on the same object first. */
const overlapping = (history: History, place: number): readonly number[] => {
  const [start, end] = [history.startMs[place] as number, history.endMs[place] as number]
  const found: number[] = []
  const first = Math.max(0, place - MAX_LOOKED_AT)
  const last = Math.min(history.count, place + MAX_LOOKED_AT)
  for (let other = first; other < last; other++) {
    if ((history.startMs[other] as number) > end) break
    if (other !== place && (history.endMs[other] as number) >= start) found.push(other)
  }
  const own = history.object(place)
  const isOwn = (other: number): number => (history.object(other) === own ? 0 : 1)
  return found.sort((a, b) => isOwn(a) - isOwn(b) || a - b)
}

const operationLink = (history: History, place: number): HTMLElement =>
  linkTo('op', history.index[place] as number, `${history.label(place)} (process ${history.process(place)})`)

const overlapFacts = (history: History, place: number): readonly Fact[] => {
  const all = overlapping(history, place)
  const items = all
    .slice(0, MAX_OVERLAPPING)
    .map((other) =>
      element('li', {}, [
        operationLink(history, other),
        history.object(other) === history.object(place) && history.object(place) !== null
          ? ' (same key)'
          : '',
      ]),
    )
  const more = all.length - items.length
  if (more > 0) items.push(element('li', {}, [`and ${more} more`]))
  return [['overlapped by', all.length === 0 ? ['none'] : [element('ul', {}, items)]]]
}

/** Links to the evidence that the operation is part of. */
const evidenceLinks = ({ verdict }: ReportData, history: History, place: number): readonly Content[] => {
  const isIn = (operations: readonly number[]): boolean =>
    operations.some((index) => history.placeOf(index) === place)
  const links = verdict.verdicts.flatMap(({ checker, evidence }) =>
    evidence.flatMap(({ title, operations }, i) =>
      isIn(operations) ? [element('a', { href: `#evidence-${checker}-${i}` }, [`${checker}: ${title}`])] : [],
    ),
  )
  return links.length === 0 ? ['none'] : separated(links)
}

/** Lines that were written within this time of an operation may have to do with it. */
const NEAR_MS = 10
const MAX_LINES = 12

/** What the nodes logged meanwhile. */
export const linesDuring = (
  lines: readonly ShownLine[],
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): HTMLElement | null => {
  const near = lines.filter(
    ({ placeMs }) => placeMs !== null && placeMs >= fromMs - NEAR_MS && placeMs <= toMs + NEAR_MS,
  )
  if (near.length === 0) return null
  const items = near
    .slice(0, MAX_LINES)
    .map(({ node, number, text }) =>
      element('li', {}, [linkTo('line', `${node}:${number}`, `${node}:${number}`), ' ', code(text)]),
    )
  const more = near.length - items.length
  if (more > 0) items.push(element('li', {}, [`and ${more} more: see the logs`]))
  return list([['logged meanwhile', [element('ul', {}, items)]]])
}

const proofFacts = (history: History, place: number): readonly Fact[] => {
  if (!history.isInDoubt(place)) return []
  const proof = history.proof(place)
  const told =
    proof === null
      ? ['nothing in this history proves that it took effect']
      : ['it took effect: proved by ', operationLink(history, proof)]
  return [['in doubt', told]]
}

const operationFacts = (data: ReportData, history: History, place: number): readonly Fact[] => {
  const [start, end] = [history.startMs[place] as number, history.endMs[place] as number]
  const optional = (name: string, text: string): readonly Fact[] =>
    text === '' ? [] : [[name, [code(text)]]]
  return [
    ['called', [`${timeText(start)} by process ${history.process(place)}`]],
    ['completed', [Number.isFinite(end) ? `${timeText(end)}, after ${durationText(end - start)}` : 'never']],
    ['client bound to', [history.node(place) ?? 'not told']],
    ['served by', [history.served(place) ?? 'not told by the answer']],
    ...optional('call', `${history.call(place)} ${history.value(place)}`),
    ...optional('answer', history.answer(place)),
    ...optional('error', history.error(place)),
    ...optional('meta', history.meta(place)),
    ...proofFacts(history, place),
    ['faults in force', faultLinks(inForceAt(data.faults, start, Number.isFinite(end) ? end : data.endMs))],
    ['part of the evidence', evidenceLinks(data, history, place)],
    ...overlapFacts(history, place),
  ]
}

const faultFacts = ({ kind, victims, planned, summary, effective, ...fault }: PageFault): readonly Fact[] => [
  ['kind', [kind]],
  ['victims', [victims.join(', ') || 'none']],
  ['as planned', [`${planned}; from ${timeText(fault.plannedStartMs)} to ${timeText(fault.plannedEndMs)}`]],
  [
    'in force',
    [
      fault.inForce === null
        ? 'never'
        : `from ${timeText(fault.inForce.startMs)} to ${timeText(fault.inForce.endMs)}`,
    ],
  ],
  [effective ? 'as measured' : 'no effect, because', [summary]],
]

const roleText = ({ node, role, term }: PageRole): string =>
  `${node}: ${role === 'down' ? 'no answer' : role}${term === null ? '' : `, term ${term}`}`

const momentFacts = ({ roles, faults }: ReportData, ms: number): readonly Fact[] => {
  const now = roles.filter(({ startMs, endMs }) => startMs <= ms && ms < endMs)
  return [
    ['nodes', [now.map(roleText).join('; ') || 'nothing known']],
    ['faults in force', faultLinks(inForceAt(faults, ms, ms))],
  ]
}

/** Null: there is no such thing on the page. */
export interface Shown {
  readonly heading: string
  readonly content: HTMLElement
  readonly span: { readonly fromMs: number; readonly toMs: number }
  /** The lane on which it is. */
  readonly laneId: string | null
}

const showOperation = (data: ReportData, history: History, name: string): Shown | null => {
  const place = history.placeOf(Number(name))
  if (place === null) return null
  const start = history.startMs[place] as number
  const end = history.endMs[place] as number
  return {
    heading: `Operation ${history.index[place]}: ${history.call(place)}, ${history.outcome(place)}`,
    content: list(operationFacts(data, history, place)),
    span: { fromMs: start, toMs: Number.isFinite(end) ? end : start },
    laneId: `client ${history.row(place)}`,
  }
}

const showFault = ({ faults }: ReportData, name: string): Shown | null => {
  const fault = faults.find(({ id }) => id === name)
  if (fault === undefined) return null
  const { inForce, plannedStartMs, plannedEndMs } = fault
  return {
    heading: `Fault ${fault.id}`,
    content: list(faultFacts(fault)),
    span: { fromMs: inForce?.startMs ?? plannedStartMs, toMs: inForce?.endMs ?? plannedEndMs },
    laneId: `fault ${fault.label}`,
  }
}

export const detailsOf = (data: ReportData, history: History, { kind, name }: Selected): Shown | null => {
  if (kind === 'op') return showOperation(data, history, name)
  if (kind === 'fault') return showFault(data, name)
  const ms = Number(name)
  if (kind !== 'at' || !Number.isFinite(ms)) return null
  return {
    heading: `At ${timeText(ms)}`,
    content: list(momentFacts(data, ms)),
    span: { fromMs: ms, toMs: ms },
    laneId: null,
  }
}
