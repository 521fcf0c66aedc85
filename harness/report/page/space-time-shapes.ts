/** The shapes of a space-time diagram, as SVG. Text is always inserted as text. */
import { visible } from '../../support/visible.ts'
import { addressOf } from './address.ts'
import {
  ARROW_STYLES,
  type Arrow,
  AXIS_HEIGHT,
  BAR_HEIGHT,
  type Band,
  type Bar,
  type Flow,
  type Picture,
  type Point,
} from './space-time-layout.ts'

type Attributes = Readonly<Record<string, string | number>>

export const shape = (
  name: string,
  attributes: Attributes,
  children: readonly (Node | string)[] = [],
): SVGElement => {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value))
  // Names and values may come from the cluster.
  made.append(...children.map((child) => (typeof child === 'string' ? visible(child) : child)))
  return made
}

const HEAD = { length: 7, half: 3.2 } as const
const CROSS = 3.5

const at = ({ x, y }: Point): string => `${x.toFixed(1)} ${y.toFixed(1)}`

const line = ({ from, to }: Pick<Arrow, 'from' | 'to'>): string => `M${at(from)}L${at(to)}`

const head = ({ from, to }: Pick<Arrow, 'from' | 'to'>): string => {
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1
  const [ux, uy] = [(to.x - from.x) / length, (to.y - from.y) / length]
  const [bx, by] = [to.x - ux * HEAD.length, to.y - uy * HEAD.length]
  const corner = (side: number): string =>
    at({ x: bx - side * uy * HEAD.half, y: by + side * ux * HEAD.half })
  return `M${at(to)}L${corner(1)}L${corner(-1)}Z`
}

const cross = ({ to: { x, y } }: Pick<Arrow, 'to'>): string =>
  `M${at({ x: x - CROSS, y: y - CROSS })}L${at({ x: x + CROSS, y: y + CROSS })}` +
  `M${at({ x: x - CROSS, y: y + CROSS })}L${at({ x: x + CROSS, y: y - CROSS })}`

/** One path for the lines and one for the ends of all arrows of a style: thousands of elements would be slow. */
export const arrowShapes = (arrows: readonly Arrow[]): readonly SVGElement[] =>
  ARROW_STYLES.flatMap((style) => {
    const those = arrows.filter((arrow) => arrow.style === style)
    if (those.length === 0) return []
    const lines = shape('path', { class: `message ${style}`, d: those.map(line).join('') })
    // What is not known has no end.
    if (style === 'unheard') return [lines]
    const ends = those.map(style === 'lost' ? cross : head).join('')
    return [lines, shape('path', { class: `${style === 'lost' ? 'cross' : 'head'} ${style}`, d: ends })]
  })

const thickness = (count: number): number => 0.5 + Math.log2(count) * 0.35

/** What was lost is a dashed line with a cross, beside what arrived. */
const flowShape = (flow: Flow): readonly SVGElement[] => {
  const { from, to, count, lost } = flow
  const arrived = count - lost
  const stop = { x: to.x, y: from.y + (to.y - from.y) * 0.62 }
  return [
    ...(arrived === 0
      ? []
      : [
          shape('path', { class: 'message data flow', d: line(flow), 'stroke-width': thickness(arrived) }),
          shape('path', { class: 'head data', d: head(flow) }),
        ]),
    ...(lost === 0
      ? []
      : [
          shape('path', {
            class: 'message lost',
            d: line({ from, to: stop }),
            'stroke-width': thickness(lost),
          }),
          shape('path', { class: 'cross lost', d: cross({ to: stop }) }),
        ]),
  ]
}

/** What is pointed at or selected. */
export const markShape = (marked: Pick<Arrow, 'from' | 'to'>): SVGElement =>
  shape('path', { class: 'marked', d: `${line(marked)}${head(marked)}` })

const bandShapes = ({ x, width, force, fault, ys }: Band, { height }: Picture): readonly SVGElement[] => {
  const fill = `fill:var(--fault-${fault.colour});stroke:var(--fault-${fault.colour})`
  const kind = fault.effective ? 'band' : 'band without-effect'
  const victims = fault.victims.length === 0 ? '' : ` (${fault.victims.join(', ')})`
  const name = `${fault.id}${victims}${fault.effective ? '' : ', no effect'}`
  return [
    shape('rect', {
      class: kind,
      style: fill,
      x,
      y: AXIS_HEIGHT - 16,
      width,
      height: height - AXIS_HEIGHT + 16,
    }),
    ...(force === null
      ? []
      : [
          shape('rect', {
            class: `force ${kind}`,
            style: fill,
            ...force,
            y: AXIS_HEIGHT,
            height: height - AXIS_HEIGHT,
          }),
          ...ys.map((y) => shape('rect', { class: 'victim', style: fill, ...force, y: y - 9, height: 18 })),
        ]),
    shape('a', { href: addressOf('fault', fault.id) }, [
      shape('text', { class: 'fault', x: x + 4, y: AXIS_HEIGHT - 5 }, [name]),
    ]),
  ]
}

/** The width of a letter, roughly. */
const LETTER = 6.5
const SHORT_TEXT = 12
const LONG_TEXT = 60

const NODE_BAR_HEIGHT = 6

/** In the bar, or beside it if it is too short for its beginning. */
const barText = ({ x, y, width, operation: { text } }: Bar, end: number): SVGElement => {
  const room = Math.floor((width - 8) / LETTER)
  if (room >= Math.min(SHORT_TEXT, text.length))
    return shape('text', { class: 'in-bar', x: x + 4, y: y + 4 }, [text.slice(0, room)])
  const beside = text.slice(0, LONG_TEXT)
  return x + width + LETTER * beside.length < end
    ? shape('text', { x: x + width + 4, y: y + 4 }, [beside])
    : shape('text', { x: x - 4, y: y + 4, 'text-anchor': 'end' }, [beside])
}

const barShape = (bar: Bar, end: number): SVGElement => {
  const { x, y, width, isAtClient, operation } = bar
  const { index, type, text } = operation
  const height = isAtClient ? BAR_HEIGHT : NODE_BAR_HEIGHT
  return shape('a', { href: addressOf('op', index), 'aria-label': `operation ${index}: ${type} ${text}` }, [
    shape('rect', { class: `bar ${type}`, x, y: y - height / 2, width, height, rx: 3 }),
    ...(isAtClient ? [barText(bar, end)] : []),
  ])
}

const laneShapes = ({ lanes, rows, left }: Picture, width: number): readonly SVGElement[] => [
  ...lanes.flatMap(({ name, y }) => [
    shape('line', { class: 'lane', x1: left, x2: width, y1: y, y2: y }),
    shape('text', { class: 'name', x: 4, y: y + 4 }, [name]),
  ]),
  ...rows.map(({ name, y }) => shape('text', { class: 'row-name', x: 4, y: y + 4 }, [name])),
]

const timeShapes = ({ ticks, gaps, height }: Picture): readonly SVGElement[] => [
  ...ticks.flatMap(({ x, text }) => [
    shape('line', { class: 'tick', x1: x, x2: x, y1: 16, y2: height }),
    shape('text', { class: 'time', x: x + 3, y: 12 }, [text]),
  ]),
  ...gaps.map(({ x, width, why }) =>
    shape('rect', { class: 'gap', x, y: AXIS_HEIGHT, width, height: height - AXIS_HEIGHT }, [
      shape('title', {}, [why]),
    ]),
  ),
]

/** Everything, from the back to the front. */
export const shapesOf = (picture: Picture, width: number): readonly SVGElement[] => [
  ...picture.bands.flatMap((band) => bandShapes(band, picture)),
  ...timeShapes(picture),
  ...laneShapes(picture, width),
  ...picture.bars.map((bar) => barShape(bar, width)),
  ...picture.flows.flatMap(flowShape),
  ...arrowShapes(picture.arrows),
  ...picture.elections.flatMap(({ x, y, text }) => [
    shape('path', { class: 'election', d: `M${x} ${y - 5}l6 10h-12Z` }),
    shape('text', { class: 'election', x: x + 9, y: y - 6 }, [text]),
  ]),
]
