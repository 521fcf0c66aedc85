/**
 * The messages of a run that its page draws: those of a few windows, around evidence and around faults, as small columns. A
 * run has many more messages than a page can hold, and a reader looks at them where something went wrong.
 */
import type { Operation, Pair, Sequence } from '../api/history.ts'
import type { Message } from '../api/message.ts'
import type { FaultColour } from '../api/nemesis.ts'
import type { FaultRecord, RunRecord, Sample } from '../api/record.ts'
import { printJson } from '../support/json.ts'
import { inNameOrder } from '../support/names.ts'
import { visible } from '../support/visible.ts'

/** A window that is wanted. */
export interface WantedWindow {
  readonly title: string
  readonly fromNs: number
  readonly toNs: number
  /** What is looked at first, and kept if the window has too many messages. */
  readonly focusNs: number
  /** Operations that are drawn, by the index of their invocation. */
  readonly operations: readonly number[]
}

/** One value a message, in the order in which they were sent. */
export interface MessageColumns {
  /** Microseconds since the beginning of the window. */
  readonly sentUs: readonly number[]
  /** Microseconds until it arrived; -1: it never did. */
  readonly tookUs: readonly number[]
  /** Positions in `lanes`. */
  readonly from: readonly number[]
  readonly to: readonly number[]
  readonly bytes: readonly number[]
  /** Positions in `texts`: protocol with ports, kind, and readable text of the payload. */
  readonly link: readonly number[]
  readonly kind: readonly number[]
  readonly info: readonly number[]
  /** TCP segments; negative if TCP had sent these bytes before. */
  readonly segments: readonly number[]
  readonly texts: readonly string[]
}

export interface WindowFault {
  readonly id: string
  readonly label: string
  readonly colour: FaultColour
  /** When its injection began: some of its effects may show before it is complete. */
  readonly beginsMs: number
  /** From then on it was in force, */
  readonly startMs: number
  /** until its heal began, */
  readonly healingMs: number
  /** which was complete then. */
  readonly endMs: number
  readonly effective: boolean
  readonly victims: readonly string[]
}

export interface WindowOperation {
  /** Of its invocation in the history. */
  readonly index: number
  readonly process: number
  /** The node that its client was bound to; null: none is recorded. */
  readonly node: string | null
  readonly startMs: number
  /** -1: it never completed. */
  readonly endMs: number
  readonly type: 'ok' | 'fail' | 'info'
  readonly text: string
}

/** Everything that a space-time diagram shows. Times are in ms since the start of the run. */
export interface SpaceTimeWindow {
  readonly title: string
  readonly fromMs: number
  readonly toMs: number
  readonly focusMs: number
  /** Nodes first, then services, then groups of clients, then addresses that are none of these. */
  readonly lanes: readonly string[]
  readonly messages: MessageColumns
  /** Messages of the wanted window that are left out, since it has too many: the window is narrower than wanted. */
  readonly omitted: number
  /** When messages are missing from the record, and why. */
  readonly gaps: readonly { readonly fromMs: number; readonly toMs: number; readonly why: string }[]
  readonly faults: readonly WindowFault[]
  readonly operations: readonly WindowOperation[]
  /** A node is first seen to lead; before them, the last one before the window. */
  readonly elections: readonly { readonly atMs: number; readonly lane: string; readonly text: string }[]
}

/** Of one window. A column of so many messages takes some 300 kB. */
const MOST_MESSAGES = 10_000
const MOST_WINDOWS = 6
const MOST_OPERATIONS = 12
const MOST_TEXT = 200
/** Around what a window is about. */
const MARGIN_NS = 0.25e9
const LONGEST_NS = 4e9

const ms = (ns: number): number => Math.round(ns / 1e3) / 1e3

/** The first position whose message was sent at that time or later. */
const firstFrom = (messages: readonly Message[], atNs: number): number => {
  let low = 0
  let high = messages.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((messages[middle] as Message).sentNs < atNs) low = middle + 1
    else high = middle
  }
  return low
}

/** Those of the window or, if they are too many, those nearest to its focus. */
const select = (
  messages: readonly Message[],
  { fromNs, toNs, focusNs }: WantedWindow,
): { readonly kept: readonly Message[]; readonly omitted: number } => {
  const from = firstFrom(messages, fromNs)
  const to = firstFrom(messages, toNs)
  if (to - from <= MOST_MESSAGES) return { kept: messages.slice(from, to), omitted: 0 }
  const focus = Math.min(to, Math.max(from, firstFrom(messages, focusNs)))
  const first = Math.min(to - MOST_MESSAGES, Math.max(from, focus - MOST_MESSAGES / 2))
  return { kept: messages.slice(first, first + MOST_MESSAGES), omitted: to - from - MOST_MESSAGES }
}

const lanesOf = ({ samples, facts }: RunRecord, messages: readonly Message[]): readonly string[] => {
  const services = facts?.services ?? []
  const nodes = inNameOrder((samples ?? []).map(({ node }) => node))
  const others = new Set(messages.flatMap(({ from, to }) => [from, to]))
  const known = [...nodes, ...services]
  const rest = inNameOrder(others).filter((name) => !known.includes(name))
  const isClients = (name: string): boolean => name.startsWith('clients-')
  return [...known, ...rest.filter(isClients), ...rest.filter((name) => !isClients(name))]
}

/** A list of texts without repetitions. */
class Texts {
  readonly list: string[] = []
  readonly #positions = new Map<string, number>()

  positionOf(text: string): number {
    const known = this.#positions.get(text)
    if (known !== undefined) return known
    this.#positions.set(text, this.list.length)
    return this.list.push(text) - 1
  }
}

const linkOf = ({ protocol, ports }: Message): string =>
  ports === null ? protocol : `${protocol} ${ports[0]} to ${ports[1]}`

const columnsOf = (
  messages: readonly Message[],
  lanes: readonly string[],
  fromNs: number,
): MessageColumns => {
  const texts = new Texts()
  const positions = new Map(lanes.map((lane, i) => [lane, i]))
  const us = (ns: number): number => Math.round(ns / 1e3)
  return {
    sentUs: messages.map(({ sentNs }) => us(sentNs - fromNs)),
    tookUs: messages.map(({ sentNs, receivedNs }) => (receivedNs === null ? -1 : us(receivedNs - sentNs))),
    from: messages.map(({ from }) => positions.get(from) as number),
    to: messages.map(({ to }) => positions.get(to) as number),
    bytes: messages.map(({ bytes }) => bytes),
    link: messages.map((message) => texts.positionOf(linkOf(message))),
    kind: messages.map(({ kind }) => texts.positionOf(kind)),
    info: messages.map(({ info }) => texts.positionOf(visible(info.slice(0, MOST_TEXT)))),
    segments: messages.map(({ segments = 1, isRetransmission }) =>
      isRetransmission === true ? -segments : segments,
    ),
    texts: texts.list,
  }
}

/** When the injection of a fault began at the earliest, for older runs: it may have waited for its moment first. */
const beganNs = (history: Sequence<Operation>, id: string): number | undefined =>
  history.find(
    ({ process, type, f, value }) =>
      process === 'nemesis' && type === 'invoke' && f === 'inject' && (value as { id?: unknown }).id === id,
  )?.timeNs

const faultsIn = ({ faults, history }: RunRecord, fromNs: number, toNs: number): readonly WindowFault[] =>
  (faults ?? []).flatMap((fault) => {
    const {
      planned,
      victims,
      injectingAtNs,
      injectedAtNs,
      healingAtNs,
      healedAtNs = Number.POSITIVE_INFINITY,
      effective,
    } = fault
    if (injectedAtNs === undefined || healedAtNs <= fromNs) return []
    const { id, label, colour } = planned
    const begunNs = injectingAtNs ?? beganNs(history, id) ?? injectedAtNs
    if (begunNs >= toNs) return []
    return [
      {
        id,
        label,
        colour,
        beginsMs: ms(begunNs),
        startMs: ms(injectedAtNs),
        healingMs: ms(Math.min(healingAtNs ?? healedAtNs, toNs)),
        endMs: ms(Math.min(healedAtNs, toNs)),
        effective,
        victims,
      },
    ]
  })

/** Who leads by its own word, whenever that or its term is new; what came before the window but for the last one is left out. */
const electionsIn = (
  samples: readonly Sample[],
  fromNs: number,
  toNs: number,
): SpaceTimeWindow['elections'] => {
  const seen: { atNs: number; lane: string; text: string }[] = []
  for (const { node, timeNs, status } of samples) {
    if (status?.role !== 'leader' || timeNs >= toNs) continue
    const text = status.term === undefined ? 'leads' : `leads in term ${status.term}`
    const before = seen.findLast(({ lane }) => lane === node)
    const isSame = before?.text === text && (status.term !== undefined || seen.at(-1) === before)
    if (!isSame) seen.push({ atNs: timeNs, lane: node, text })
  }
  const first = seen.findLastIndex(({ atNs }) => atNs < fromNs)
  return seen.slice(Math.max(0, first)).map(({ atNs, lane, text }) => ({ atMs: ms(atNs), lane, text }))
}

const textOf = ({ invocation, completion }: Pair): string => {
  const value = completion?.type === 'ok' ? completion.value : invocation.value
  return visible(`${invocation.f} ${printJson(value)}`.slice(0, MOST_TEXT))
}

const operationOf = (pair: Pair): WindowOperation => {
  const { invocation, completion } = pair
  return {
    index: invocation.index,
    process: invocation.process as number,
    node: invocation.node ?? null,
    startMs: ms(invocation.timeNs),
    endMs: completion === null ? -1 : ms(completion.timeNs),
    type: (completion?.type ?? 'info') as WindowOperation['type'],
    text: textOf(pair),
  }
}

const toWindow = (record: RunRecord, messages: readonly Message[], wanted: WantedWindow): SpaceTimeWindow => {
  const { kept, omitted } = select(messages, wanted)
  const fromNs = omitted === 0 ? wanted.fromNs : (kept[0]?.sentNs ?? wanted.fromNs)
  const toNs = omitted === 0 ? wanted.toNs : (kept.at(-1)?.sentNs ?? wanted.toNs) + 1e3
  const lanes = lanesOf(record, kept)
  const isWanted = new Set(wanted.operations)
  return {
    title: wanted.title,
    fromMs: ms(fromNs),
    toMs: ms(toNs),
    focusMs: ms(Math.min(toNs, Math.max(fromNs, wanted.focusNs))),
    lanes,
    messages: columnsOf(kept, lanes, fromNs),
    omitted,
    gaps: (record.messageGaps ?? [])
      .filter((gap) => gap.fromNs < toNs && gap.toNs > fromNs)
      .map((gap) => ({ fromMs: ms(gap.fromNs), toMs: ms(gap.toNs), why: gap.why })),
    faults: faultsIn(record, fromNs, toNs),
    operations: record.pairs
      .filter(({ invocation }) => isWanted.has(invocation.index))
      .slice(0, MOST_OPERATIONS)
      .map(operationOf),
    elections: electionsIn(record.samples ?? [], fromNs, toNs),
  }
}

/** Around these operations, from the first invocation to the last completion; at most four seconds, the latest ones. */
const aroundEvidence = (record: RunRecord, operations: readonly number[]): readonly WantedWindow[] => {
  const isShown = new Set(operations)
  const shown = record.pairs.filter(({ invocation }) => isShown.has(invocation.index))
  if (shown.length === 0) return []
  const starts = shown.map(({ invocation }) => invocation.timeNs)
  const ends = shown.map(({ invocation, completion }) => completion?.timeNs ?? invocation.timeNs)
  // Evidence may have more operations than a call can have arguments.
  const latest = (times: readonly number[]): number => times.reduce((a, b) => Math.max(a, b))
  const focusNs = latest(starts)
  const toNs = latest(ends) + MARGIN_NS
  const earliest = starts.reduce((a, b) => Math.min(a, b))
  const fromNs = Math.max(0, earliest - MARGIN_NS, focusNs - LONGEST_NS)
  return [{ title: 'evidence', fromNs, toNs: Math.min(toNs, focusNs + LONGEST_NS), focusNs, operations }]
}

const aroundFault = ({
  planned,
  injectedAtNs,
  injectingAtNs = injectedAtNs,
}: FaultRecord): readonly WantedWindow[] =>
  injectedAtNs === undefined || injectingAtNs === undefined
    ? []
    : [
        {
          title: `beginning of ${planned.id}`,
          fromNs: Math.max(0, injectingAtNs - MARGIN_NS, injectedAtNs - LONGEST_NS),
          toNs: injectedAtNs + 4 * MARGIN_NS,
          focusNs: injectedAtNs,
          operations: [],
        },
      ]

/**
 * The windows that a reader will want: around each evidence, then the beginnings of effective faults, six in all.
 *
 * @param evidence operations of each piece of it, the most important first
 */
export const wantedWindows = (
  record: RunRecord,
  evidence: readonly (readonly number[])[],
): readonly WantedWindow[] =>
  [
    ...evidence.flatMap((operations) => aroundEvidence(record, operations)),
    ...(record.faults ?? []).filter(({ effective }) => effective).flatMap(aroundFault),
  ].slice(0, MOST_WINDOWS)

/** The data of the space-time diagrams; none if messages were not captured. */
export const spaceTimeWindows = (
  record: RunRecord,
  wanted: readonly WantedWindow[],
): readonly SpaceTimeWindow[] => {
  const { messages } = record
  return messages === null ? [] : wanted.map((each) => toWindow(record, messages, each))
}
