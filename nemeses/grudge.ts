/**
 * The shapes of a partition as data. A grudge is the set of directed links that are cut; everything about shapes is
 * pure, so that the planner, the tests and the report share it.
 */

/** Packets from `from` to `to` are dropped. */
export interface Link {
  readonly from: string
  readonly to: string
}

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
 * All shapes there are. `leader` cuts the leader off, `leader-minority` with as many followers as a minority holds; `clients` cuts one group of clients from one node, and
 * `leader-clients` from the leader: one-way, the requests arrive and the replies are lost.
 */
export const SHAPES = [
  'halves',
  'random-halves',
  'one',
  'minority',
  'bridge',
  'ring',
  'leader',
  'leader-minority',
  'clients',
  'leader-clients',
] as const
export type Shape = (typeof SHAPES)[number]
/** Those whose links depend on who leads when they are injected. */
export type LeaderShape = 'leader' | 'leader-minority' | 'leader-clients'

/** The links of a shape among nodes; `names` in the cluster's order, `order` as the seed shuffled it. */
export const linksOf = (
  shape: Exclude<Shape, LeaderShape | 'clients'>,
  names: readonly string[],
  order: readonly string[],
): readonly Link[] => {
  const [first, ...rest] = order
  const minority = Math.max(1, Math.floor((order.length - 1) / 2))
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
    case 'ring':
      return majoritiesRing(order)
  }
}
