/**
 * Transactions that depend on each other in a circle, as a graph, and the same in sentences. Kinds of edges differ in
 * colour, in their dashes and by their name at each edge.
 */
import type { CycleView, EdgeKind } from '../../../api/verdict.ts'
import { visible } from '../../../support/visible.ts'
import { addressOf } from '../address.ts'
import { element } from '../dom.ts'
import { type DrawnEdge, layOut, NODE_RADIUS, type Point } from './layout.ts'
import { counted, type Names, operationLink, quoted } from './names.ts'

interface KindOfEdge {
  readonly dashes: string
  readonly meaning: string
}

const KINDS: Readonly<Record<EdgeKind, KindOfEdge>> = {
  ww: { dashes: '', meaning: 'the second overwrote what the first wrote' },
  wr: { dashes: '10 4', meaning: 'the second read what the first wrote' },
  rw: { dashes: '3 4', meaning: 'the second overwrote what the first read (anti-dependency)' },
  process: { dashes: '12 4 3 4', meaning: 'the first came before, in the same process' },
  realtime: { dashes: '16 4 3 4 3 4', meaning: 'the first was over before the second began' },
}

const SVG = 'http://www.w3.org/2000/svg'

const svg = (
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  children: readonly (Node | string)[] = [],
): SVGElement => {
  const made = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value))
  made.append(...children)
  return made
}

const at = ({ x, y }: Point): string => `${x.toFixed(1)} ${y.toFixed(1)}`

const arrowHead = ({ bend, to }: DrawnEdge, kind: EdgeKind): SVGElement => {
  const angle = (Math.atan2(to.y - bend.y, to.x - bend.x) * 180) / Math.PI
  return svg('path', {
    d: 'M0 0L-11 5L-11 -5Z',
    class: `view-arrow view-${kind}`,
    transform: `translate(${at(to)}) rotate(${angle.toFixed(1)})`,
  })
}

const edgeOf = (edge: DrawnEdge, { kind, why }: CycleView['edges'][number], name: string): SVGElement => {
  const { dashes } = KINDS[kind]
  const line = svg('path', {
    d: `M${at(edge.from)}Q${at(edge.bend)} ${at(edge.to)}`,
    class: `view-edge view-${kind}`,
    ...(dashes === '' ? {} : { 'stroke-dasharray': dashes }),
  })
  const label = svg('text', { x: edge.middle.x, y: edge.middle.y, class: `view-label view-${kind}` }, [kind])
  return svg('g', {}, [svg('title', {}, [visible(`${name}: ${why}`)]), line, arrowHead(edge, kind), label])
}

const nodeOf = (point: Point, operation: number, name: string, text: string): SVGElement =>
  svg(
    'a',
    { href: addressOf('op', operation), class: 'view-node', 'aria-label': visible(`${name}: ${text}`) },
    [
      svg('title', {}, [visible(text)]),
      svg('circle', { cx: point.x, cy: point.y, r: NODE_RADIUS }),
      svg('text', { x: point.x, y: point.y }, [name]),
    ],
  )

/** From transaction i to the next one in the circle. */
const nameOf = (i: number, count: number): string => `T${i + 1} → T${i + 1 === count ? 1 : i + 2}`

const graphOf = ({ transactions, edges }: CycleView): HTMLElement => {
  const { width, height, nodes, edges: drawn } = layOut(edges.length)
  const graph = svg(
    'svg',
    { viewBox: `0 0 ${width} ${height}`, width, height, role: 'group', 'aria-label': 'The cycle' },
    [
      ...drawn.map((edge, i) =>
        edgeOf(edge, edges[i] as CycleView['edges'][number], nameOf(i, edges.length)),
      ),
      ...nodes.map((point, i) => {
        const { operation, text } = transactions[i] as CycleView['transactions'][number]
        return nodeOf(point, operation, `T${i + 1}`, text)
      }),
    ],
  )
  return element('div', { class: 'view-graph', tabindex: '0', role: 'region', 'aria-label': 'Graph' }, [
    graph,
  ])
}

const legendOf = ({ edges }: CycleView): HTMLElement => {
  const present = (Object.keys(KINDS) as EdgeKind[]).filter((kind) =>
    edges.some((edge) => edge.kind === kind),
  )
  return element(
    'ul',
    { class: 'view-legend', 'aria-label': 'Kinds of edges' },
    present.map((kind) => {
      const { dashes, meaning } = KINDS[kind]
      const line = svg('line', {
        x1: 0,
        x2: 44,
        y1: 6,
        y2: 6,
        class: `view-edge view-${kind}`,
        ...(dashes === '' ? {} : { 'stroke-dasharray': dashes }),
      })
      const sample = svg('svg', { width: 44, height: 12, 'aria-hidden': 'true' }, [line])
      return element('li', {}, [sample, element('b', { class: `view-${kind}` }, [` ${kind} `]), meaning])
    }),
  )
}

const sentenceOf = ({ kind, why }: CycleView['edges'][number], name: string): HTMLElement =>
  element('li', {}, [
    element('b', {}, [name]),
    ' ',
    element('span', { class: `view-kind view-${kind}` }, [kind]),
    ' ',
    quoted(why),
  ])

const transactionOf = (
  { operation, text }: CycleView['transactions'][number],
  i: number,
  isInCircle: boolean,
  names: Names,
): HTMLElement =>
  element('li', {}, [
    element('b', {}, [`T${i + 1} `]),
    operationLink(operation, names),
    ...(isInCircle ? [] : [' (named in a reason, not part of the circle)']),
    element('div', { class: 'view-ops' }, [quoted(text)]),
  ])

const toldOf = ({ transactions, edges }: CycleView, names: Names): HTMLElement =>
  element('div', { class: 'view-told' }, [
    element('h4', {}, ['Why each must come before the next']),
    element(
      'ol',
      { class: 'view-plain' },
      edges.map((edge, i) => sentenceOf(edge, nameOf(i, edges.length))),
    ),
    element('p', { class: 'view-note' }, [
      `So T1 would have to come before itself: no order of these ${counted(edges.length, 'transaction')} explains what they saw.`,
    ]),
    element('h4', {}, ['The transactions']),
    element(
      'ol',
      { class: 'view-plain' },
      transactions.map((transaction, i) => transactionOf(transaction, i, i < edges.length, names)),
    ),
  ])

export const drawCycle = (view: CycleView, names: Names): HTMLElement =>
  element('section', { class: 'view view-cycle' }, [
    element('div', { class: 'view-beside' }, [
      element('div', {}, [graphOf(view), legendOf(view)]),
      toldOf(view, names),
    ]),
  ])
