/**
 * The shapes of a partition as data. A grudge is the set of directed links that are cut; everything about shapes is
 * pure, so that the planner, the tests and the report share it.
 */
import type { Link } from '../../harness/api/nemesis.ts'

const both = (a: string, b: string): readonly Link[] => [
  { from: a, to: b },
  { from: b, to: a },
]

/** Every link between nodes of different groups, both ways. */
export const split = (...groups: readonly (readonly string[])[]): readonly Link[] =>
  groups.flatMap((group, i) =>
    groups.slice(i + 1).flatMap((other) => group.flatMap((a) => other.flatMap((b) => both(a, b)))),
  )

const halvesOf = (nodes: readonly string[]): readonly [readonly string[], readonly string[]] => {
  const half = Math.floor(nodes.length / 2)
  return [nodes.slice(0, half), nodes.slice(half)]
}

/** Two halves that see each other only through one node, which sees all. */
export const bridge = (nodes: readonly string[]): readonly Link[] => {
  const [middle, ...rest] = nodes
  return middle === undefined ? [] : split(...halvesOf(rest))
}

/** A bridge that one half hears and does not reach: what it says to the middle is lost. */
const asymmetricBridge = (nodes: readonly string[]): readonly Link[] => {
  const [middle, ...rest] = nodes
  if (middle === undefined) return []
  const [unheard] = halvesOf(rest)
  return [...bridge(nodes), ...unheard.map((from) => ({ from, to: middle }))]
}

/** Every node sees a majority, and no two the same one: each is cut from those farthest round the ring. */
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
 * All shapes there are. `leader` cuts the leader off, `leader-minority` with as many followers as a minority holds; a
 * `seesaw` follows the leader: whose side is elected is cut off at once (seesaw.ts); `clients` cuts one group of clients
 * from one node, and `leader-clients` from the leader: one-way, the requests arrive and the replies are lost.
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
/** Those whose links depend on who leads when they are injected. */
export const LEADER_SHAPES = ['leader', 'leader-minority', 'seesaw', 'leader-clients'] as const
export type LeaderShape = (typeof LEADER_SHAPES)[number]

const minorityOf = (order: readonly string[]): number => Math.max(1, Math.floor((order.length - 1) / 2))

/**
 * Whom a seesaw cuts off. The same two sides, each a minority, share the pivot between them: the side that leads is
 * cut off with the entries it could not replicate, the other one takes over with the pivot's vote, and then it is
 * its turn. So logs diverge again and again, as in Raft's figure 8. A pivot that leads goes with part of a side.
 */
export const seesawSide = (order: readonly string[], leader: string): readonly string[] => {
  const size = minorityOf(order)
  const sides = [order.slice(1, 1 + size), order.slice(1 + size, 1 + 2 * size)]
  return sides.find((side) => side.includes(leader)) ?? [leader, ...order.slice(1, size)]
}

/** The links of a shape among nodes; `names` in the cluster's order, `order` as the seed shuffled it. */
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
