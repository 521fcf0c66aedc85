/** Where the transactions of a cycle and the edges between them are drawn. Pure; all lengths in pixels. */

export interface Point {
  readonly x: number
  readonly y: number
}

export interface DrawnEdge {
  readonly from: Point
  /** The control point of a quadratic curve. */
  readonly bend: Point
  readonly to: Point
  /** The middle of the curve, where its label stands. */
  readonly middle: Point
}

interface Layout {
  readonly width: number
  readonly height: number
  readonly nodes: readonly Point[]
  /** Edge i leads from node i to the next one, and the last edge back to the first. */
  readonly edges: readonly DrawnEdge[]
}

export const NODE_RADIUS = 20
/** Between the centres of two neighbours: room for two nodes, an arrow and its label. */
const SPACING = 122
const LEAST_RADIUS = 90
const MARGIN = 36
/** With more nodes, a circle is too large for a screen. */
const MOST_ON_CIRCLE = 12

/** In rows, a node above another one needs less room than one beside it. */
const ROW_HEIGHT = 84
/** Even the first column, in which the way leads back. */
const COLUMNS = 4

const along = (a: Point, b: Point, length: number): Point => {
  const whole = Math.hypot(b.x - a.x, b.y - a.y)
  return { x: a.x + ((b.x - a.x) * length) / whole, y: a.y + ((b.y - a.y) * length) / whole }
}

const edgeBetween = (a: Point, b: Point, bulge: number): DrawnEdge => {
  const [dx, dy] = [b.x - a.x, b.y - a.y]
  const bend = { x: (a.x + b.x) / 2 + dy * bulge, y: (a.y + b.y) / 2 - dx * bulge }
  const from = along(a, bend, NODE_RADIUS)
  const to = along(b, bend, NODE_RADIUS + 3)
  const middle = { x: (from.x + 2 * bend.x + to.x) / 4, y: (from.y + 2 * bend.y + to.y) / 4 }
  return { from, bend, to, middle }
}

/** The first node is at the top, the others follow clockwise. */
const onCircle = (count: number): readonly Point[] => {
  const radius = Math.max(LEAST_RADIUS, (count * SPACING) / (2 * Math.PI))
  return Array.from({ length: count }, (_, i) => {
    const angle = (2 * Math.PI * i) / count - Math.PI / 2
    return { x: radius * Math.cos(angle), y: radius * Math.sin(angle) }
  })
}

/**
 * To the right and back to the left, by pairs of rows, then up again in the first column: so each node is next to the one
 * before it. What is too much of the grid is left out at the right of the last rows, and one of the first column.
 */
const inRows = (count: number): readonly Point[] => {
  const pairs = Math.ceil(count / (2 * COLUMNS))
  const places: Point[] = [{ x: 0, y: 0 }]
  let tooMany = 2 * pairs * COLUMNS - count
  const widths = Array.from({ length: pairs }, () => {
    const less = Math.min(tooMany >> 1, COLUMNS - 2)
    tooMany -= 2 * less
    return COLUMNS - 1 - less
  }).reverse()
  for (const [pair, width] of widths.entries()) {
    for (let x = 1; x <= width; x++) places.push({ x, y: 2 * pair })
    for (let x = width; x >= 1; x--) places.push({ x, y: 2 * pair + 1 })
  }
  for (let y = 2 * pairs - 1; y > tooMany; y--) places.push({ x: 0, y })
  return places.map(({ x, y }) => ({ x: x * SPACING, y: y * ROW_HEIGHT }))
}

export const layOut = (count: number): Layout => {
  const isCircle = count <= MOST_ON_CIRCLE
  const placed = isCircle ? onCircle(count) : inRows(count)
  const [left, top] = [Math.min(...placed.map(({ x }) => x)), Math.min(...placed.map(({ y }) => y))]
  const space = MARGIN + NODE_RADIUS
  const nodes = placed.map(({ x, y }) => ({ x: x - left + space, y: y - top + space }))
  // Two curves between the same two nodes bend away from each other.
  const bulge = isCircle ? (count === 2 ? 0.3 : 0.08) : 0
  return {
    width: Math.max(...nodes.map(({ x }) => x)) + space,
    height: Math.max(...nodes.map(({ y }) => y)) + space,
    nodes,
    edges: nodes.map((node, i) => edgeBetween(node, nodes[(i + 1) % count] as Point, bulge)),
  }
}
