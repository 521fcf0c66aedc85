import { expect, it } from 'vitest'
import { layOut, NODE_RADIUS, type Point } from './layout.ts'

const distance = (a: Point, b: Point): number => Math.hypot(a.x - b.x, a.y - b.y)

it('nodes never overlap, neighbours are near, and each arrow ends at the node that it leads to', () => {
  for (let count = 2; count <= 120; count++) {
    const { nodes, edges, width, height } = layOut(count)
    expect(nodes, String(count)).toHaveLength(count)
    const apart = nodes.flatMap((node, i) => nodes.slice(i + 1).map((other) => distance(node, other)))
    expect(Math.min(...apart), String(count)).toBeGreaterThan(3 * NODE_RADIUS)
    const steps = nodes.map((node, i) => distance(node, nodes[(i + 1) % count] as Point))
    expect(Math.max(...steps), String(count)).toBeLessThan(200)
    const margins = nodes.map(({ x, y }) => Math.min(x, y, width - x, height - y))
    expect(Math.min(...margins), String(count)).toBeGreaterThan(NODE_RADIUS)
    const ends = edges.map(({ to }, i) => distance(to, nodes[(i + 1) % count] as Point))
    expect(Math.max(...ends), String(count)).toBeLessThan(NODE_RADIUS + 5)
  }
})
