/** What the details of all things have in common: lists of facts, links, and what was going on at the same time. */
import { byName } from '../../../support/names.ts'
import { visible } from '../../../support/visible.ts'
import type { PageFault } from '../../faults.ts'
import type { ShownLine } from '../../logs/page-log.ts'
import { linkTo, numbered } from '../address.ts'
import { element } from '../dom.ts'
import type { EvidenceLink } from '../evidence-index.ts'
import type { History } from '../history.ts'

export type Content = Node | string
export type Fact = readonly [string, readonly Content[]]

/** Null: there is no such thing on the page. */
export interface Shown {
  readonly heading: string
  readonly content: HTMLElement
  readonly span: { readonly fromMs: number; readonly toMs: number }
  /** The lane on which it is. */
  readonly laneId: string | null
}

export const list = (facts: readonly Fact[]): HTMLElement =>
  element(
    'dl',
    {},
    facts.flatMap(([name, contents]) => [
      element('dt', {}, [visible(name)]),
      // Texts of a cluster are among them.
      element(
        'dd',
        {},
        contents.map((content) => (typeof content === 'string' ? visible(content) : content)),
      ),
    ]),
  )

export const separated = (items: readonly Content[], by = ', '): readonly Content[] =>
  items.flatMap((item, i) => (i === 0 ? [item] : [by, item]))

export const code = (text: string): HTMLElement => element('code', {}, [visible(text)])

/** At most so many items; how many more there are is said. */
export const items = (all: readonly HTMLElement[], most: number): readonly Content[] => {
  if (all.length === 0) return ['none']
  const more = all.length - most
  const rest = more > 0 ? [element('li', {}, [`and ${more} more`])] : []
  return [element('ul', {}, [...all.slice(0, most), ...rest])]
}

const inForce = (faults: readonly PageFault[], fromMs: number, toMs: number): readonly PageFault[] =>
  faults.filter(
    (fault) => fault.inForce !== null && fault.inForce.startMs <= toMs && fault.inForce.endMs >= fromMs,
  )

/** @param none what is said if none is found */
export const faultFact = (
  faults: readonly PageFault[],
  fromMs: number,
  toMs: number,
  none = 'none',
): Fact => {
  const found = inForce(faults, fromMs, toMs)
  const links = found.map(({ id, effective }) => linkTo('fault', id, effective ? id : `${id} (no effect)`))
  return ['faults in force', found.length === 0 ? [none] : separated(links)]
}

export const evidenceFact = (links: readonly EvidenceLink[]): Fact => [
  'part of the evidence',
  links.length === 0
    ? ['none']
    : separated(links.map(({ href, text }) => element('a', { href }, [visible(text)]))),
]

export const operationLink = (history: History, place: number): HTMLElement =>
  linkTo('op', history.index[place] as number, `${history.label(place)} (process ${history.process(place)})`)

const MAX_OVERLAPPING = 20
/** So many operations before and after are looked at for those that overlap. */
const MAX_LOOKED_AT = 20_000

interface Overlapping {
  readonly places: readonly number[]
  /** Whether all were looked at. */
  readonly isAll: boolean
}

const overlapping = (history: History, fromMs: number, toMs: number): Overlapping => {
  const middle = history.firstFrom(fromMs)
  const first = Math.max(0, middle - MAX_LOOKED_AT)
  const last = Math.min(history.count, middle + MAX_LOOKED_AT)
  const places: number[] = []
  let place = first
  for (; place < last && (history.startMs[place] as number) <= toMs; place++)
    if ((history.endMs[place] as number) >= fromMs) places.push(place)
  const isAll = first === 0 && (place < last || last === history.count)
  return { places, isAll }
}

interface OverlapOptions {
  readonly fromMs: number
  readonly toMs: number
  /** Those come first, and are marked with these words. */
  readonly isNear: (place: number) => boolean
  readonly nearText: string
  /** Left out: what is told. */
  readonly except?: number
}

/** Operations that were under way meanwhile, near ones first. */
export const overlapFact = (
  history: History,
  { fromMs, toMs, isNear, nearText, except }: OverlapOptions,
): Fact => {
  const { places, isAll } = overlapping(history, fromMs, toMs)
  const others = places.filter((place) => place !== except)
  const near = others.filter(isNear)
  const isOfNear = new Set(near)
  const sorted = [...near, ...others.filter((place) => !isOfNear.has(place))]
  const shown = sorted
    .slice(0, MAX_OVERLAPPING)
    .map((place) =>
      element('li', {}, [operationLink(history, place), isOfNear.has(place) ? ` (${nearText})` : '']),
    )
  const more = sorted.length - shown.length
  if (more > 0) shown.push(element('li', {}, [`and ${isAll ? '' : 'at least '}${more} more`]))
  const only = `looked for among the ${MAX_LOOKED_AT.toLocaleString('en')} operations before and after`
  return [
    'operations meanwhile',
    [...items(shown, shown.length), ...(isAll ? [] : [element('div', { class: 'view-note' }, [only])])],
  ]
}

/** Lines that were written within this time of something may have to do with it. */
const NEAR_MS = 10
const MAX_LINES_OF_NODE = 5

const lineItem = ({ node, number, text }: ShownLine): HTMLElement =>
  element('li', {}, [linkTo('line', numbered(node, number), numbered(node, number)), ' ', code(text)])

/** What each node logged meanwhile; null: nothing. */
export const linesDuring = (
  lines: readonly ShownLine[],
  { fromMs, toMs }: Shown['span'],
): HTMLElement | null => {
  const near = lines.filter(
    ({ placeMs }) => placeMs !== null && placeMs >= fromMs - NEAR_MS && placeMs <= toMs + NEAR_MS,
  )
  if (near.length === 0) return null
  const byNode = [...Map.groupBy(near, ({ node }) => node)].sort(([a], [b]) => byName(a, b))
  const told = byNode.map(
    ([node, own]): Fact => [`logged by ${node}`, items(own.map(lineItem), MAX_LINES_OF_NODE)],
  )
  return list(told)
}
