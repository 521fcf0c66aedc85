/**
 * The shapes of a partition as data. A grudge is the set of directed links that are cut. All code about shapes is pure, so
 * that the planner, the tests and the report can share it.
 */
import type { Link } from '../../harness/api/nemesis.ts'

const both = (a: string, b: string): readonly Link[] => [
  { from: a, to: b },
  { from: b, to: a },
]

/** Every link between nodes of different groups, in both directions. */
export const split = (...groups: readonly (readonly string[])[]): readonly Link[] =>
  groups.flatMap((group, i) =>
    groups.slice(i + 1).flatMap((other) => group.flatMap((a) => other.flatMap((b) => both(a, b)))),
  )

const halvesOf = (nodes: readonly string[]): readonly [readonly string[], readonly string[]] => {
  const half = Math.floor(nodes.length / 2)
  return [nodes.slice(0, half), nodes.slice(half)]
}

/** Two halves that are connected only through one node, which reaches all nodes. */
export const bridge = (nodes: readonly string[]): readonly Link[] => {
  const [middle, ...rest] = nodes
  return middle === undefined ? [] : split(...halvesOf(rest))
}

/** A bridge in which the packets of one half to the middle node are lost, but not those of the middle node to that half. */
const asymmetricBridge = (nodes: readonly string[]): readonly Link[] => {
  const [middle, ...rest] = nodes
  if (middle === undefined) return []
  const [unheard] = halvesOf(rest)
  return [...bridge(nodes), ...unheard.map((from) => ({ from, to: middle }))]
}

/** Every node reaches a majority, and no two reach the same one: each is cut off from the nodes farthest away on the ring. */
export const majoritiesRing = (nodes: readonly string[]): readonly Link[] => {
  const count = nodes.length
  const reach = Math.floor(Math.floor(count / 2) / 2) || 1
  const links: Link[] = []
  for (const [i, a] of nodes.entries()) {
    for (const [j, b] of nodes.entries()) {
      const distance = Math.min((i - j + count) % count, (j - i + count) % count)
      if (i < j && distance > reach && (count > 3 || distance > 1)) links.push(...both(a, b))
    }
  }
  return links
}

/**
 * All shapes. `leader` cuts the leader off, `leader-minority` the leader with as many followers as fit into a minority. A
 * `seesaw` follows the leader: the side whose node is elected is cut off at once (seesaw.ts). `clients` cuts one group of
 * clients from one node, `leader-clients` from the leader; one-way, the requests arrive and the replies are lost.
 */
export const SHAPES = [
  'halves',
  'random-halves',
  'one',
  'minority',
  'bridge',
  'asymmetric-bridge',
  'ring',
  'leader',
  'leader-minority',
  'seesaw',
  'clients',
  'leader-clients',
] as const
export type Shape = (typeof SHAPES)[number]
/** Shapes whose links depend on the leader at the time of injection. */
export const LEADER_SHAPES = ['leader', 'leader-minority', 'seesaw', 'leader-clients'] as const
export type LeaderShape = (typeof LEADER_SHAPES)[number]

const minorityOf = (order: readonly string[]): number => Math.max(1, Math.floor((order.length - 1) / 2))

/**
 * The nodes that a seesaw cuts off. There are two fixed sides, each a minority, and a pivot node. The side that leads is cut
 * off with the entries it could not replicate; the other side takes over with the vote of the pivot, and is then cut off
 * itself. So logs diverge repeatedly, as in figure 8 of the Raft paper. If the pivot leads, it is cut off with part of a
 * side.
 */
export const seesawSide = (order: readonly string[], leader: string): readonly string[] => {
  const size = minorityOf(order)
  const sides = [order.slice(1, 1 + size), order.slice(1 + size, 1 + 2 * size)]
  return sides.find((side) => side.includes(leader)) ?? [leader, ...order.slice(1, size)]
}

/** The links of a shape among nodes; `names` in the cluster's order, `order` as shuffled by the seed. */
export const linksOf = (
  shape: Exclude<Shape, LeaderShape | 'clients'>,
  names: readonly string[],
  order: readonly string[],
): readonly Link[] => {
  const [first, ...rest] = order
  const minority = minorityOf(order)
  switch (shape) {
    case 'halves':
      return split(...halvesOf(names))
    case 'random-halves':
      return split(...halvesOf(order))
    case 'one':
      return first === undefined ? [] : split([first], rest)
    case 'minority':
      return split(order.slice(0, minority), order.slice(minority))
    case 'bridge':
      return bridge(order)
    case 'asymmetric-bridge':
      return asymmetricBridge(order)
    case 'ring':
      return majoritiesRing(order)
  }
}
