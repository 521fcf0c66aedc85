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

export interface Circle {
  readonly size: number
  readonly nodes: readonly Point[]
  readonly edges: readonly DrawnEdge[]
}

export const NODE_RADIUS = 20
/** Between the centres of two neighbours: room for two nodes, an arrow and its label. */
const SPACING = 104
const LEAST_RADIUS = 90
const MARGIN = 44

const along = (a: Point, b: Point, length: number): Point => {
  const whole = Math.hypot(b.x - a.x, b.y - a.y)
  return { x: a.x + ((b.x - a.x) * length) / whole, y: a.y + ((b.y - a.y) * length) / whole }
}

/** Two curves between the same two nodes bend away from each other. */
const edgeBetween = (a: Point, b: Point, bulge: number): DrawnEdge => {
  const [dx, dy] = [b.x - a.x, b.y - a.y]
  const bend = { x: (a.x + b.x) / 2 + dy * bulge, y: (a.y + b.y) / 2 - dx * bulge }
  const from = along(a, bend, NODE_RADIUS)
  const to = along(b, bend, NODE_RADIUS + 3)
  const middle = { x: (from.x + 2 * bend.x + to.x) / 4, y: (from.y + 2 * bend.y + to.y) / 4 }
  return { from, bend, to, middle }
}

/** The first of `count` nodes is at the top, the others follow clockwise; edge i leads from node i to the next one. */
export const circleOf = (count: number): Circle => {
  const radius = Math.max(LEAST_RADIUS, (count * SPACING) / (2 * Math.PI))
  const size = 2 * (radius + MARGIN)
  const nodes = Array.from({ length: count }, (_, i) => {
    const angle = (2 * Math.PI * i) / count - Math.PI / 2
    return { x: size / 2 + radius * Math.cos(angle), y: size / 2 + radius * Math.sin(angle) }
  })
  const bulge = count === 2 ? 0.3 : 0.08
  const edges = nodes.map((node, i) => edgeBetween(node, nodes[(i + 1) % count] as Point, bulge))
  return { size, nodes, edges }
}
