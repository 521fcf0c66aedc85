/** The links that a partition cuts in the current state of a cluster, and the rules that cut them. */
import type { Cluster, ClusterNode } from '../../harness/api/environment.ts'
import type { Link, NemesisContext } from '../../harness/api/nemesis.ts'
import type { PacketRule } from '../../harness/faults/iptables.ts'
import { UserError } from '../../harness/support/assert.ts'
import { LEADER_SHAPES, type LeaderShape, linksOf, type Shape, split } from './grudge.ts'
import type { RulesAt } from './packet-rules.ts'

/**
 * Where the services beside the cluster are, if a partition has two sides: reached by both, or only by one of them. `near`
 * is the side of the node that the partition lists first, such as the leader that is cut off.
 */
export const SERVICE_SIDES = ['both', 'near', 'far'] as const

export interface Cut {
  readonly shape: Shape
  readonly services: (typeof SERVICE_SIDES)[number]
  /** Only packets from the first side to the second are dropped. */
  readonly oneWay: boolean
  readonly order: readonly string[]
  readonly clientGroup: number
}

/** In a link, client group g is written `clients-g`. */
export const clientName = (group: number): string => `clients-${group}`

/** All clients have one Ethernet address, so a group of them is told by its IP address alone. */
const whereaboutsOf = (cluster: Cluster, name: string): Pick<PacketRule, 'address' | 'hardware'> => {
  const host = [...cluster.nodes, ...cluster.services].find((candidate) => candidate.name === name)
  if (host !== undefined) return { address: host.address, hardware: host.hardware }
  const address = cluster.clientAddresses[Number(name.replace('clients-', ''))]
  if (address === undefined) throw new UserError(`There is no node, service or client group named ${name}.`)
  return { address }
}

const isLeaderShape = (shape: Shape): shape is LeaderShape => LEADER_SHAPES.some((known) => known === shape)

/** Some shapes cut nothing in a small cluster: in a ring of three, every node reaches every other. */
export const cutsSomething = (shape: Shape, nodes: readonly string[]): boolean => {
  if (shape === 'clients' || shape === 'leader-clients') return true
  return isLeaderShape(shape) ? nodes.length > 1 : linksOf(shape, nodes, nodes).length > 0
}

const bothWays = async (context: NemesisContext, cut: Cut): Promise<readonly Link[]> => {
  const { order, shape } = cut
  const names = context.cluster.nodes.map((node) => node.name)
  const first = order[0] as string
  if (shape === 'clients') return split([first], [clientName(cut.clientGroup)])
  if (!isLeaderShape(shape)) return linksOf(shape, names, order)
  const leader = (await context.leader()) ?? first
  const followers = order.filter((name) => name !== leader)
  if (shape === 'leader-clients') return split([leader], [clientName(cut.clientGroup)])
  const companions = shape === 'leader-minority' ? Math.floor((names.length - 1) / 2) - 1 : 0
  return split([leader, ...followers.slice(0, companions)], followers.slice(companions))
}

/** The two sides that links between nodes leave; null: a node reaches both, or clients are cut off. */
const twoSides = (
  names: readonly string[],
  links: readonly Link[],
): readonly [near: readonly string[], far: readonly string[]] | null => {
  const [first] = links
  if (first === undefined || !names.includes(first.from) || !names.includes(first.to)) return null
  const isCut = (from: string, to: string): boolean =>
    links.some((link) => link.from === from && link.to === to)
  const near = names.filter((name) => !isCut(first.from, name))
  const far = names.filter((name) => !near.includes(name))
  const isWhole = near.every((a) => names.every((b) => isCut(a, b) === far.includes(b)))
  return isWhole ? [near, far] : null
}

/** The links between services on one side and the nodes on the other. An isolated node that reaches its arbiter is not isolated. */
const withServices = ({ cluster }: NemesisContext, cut: Cut, links: readonly Link[]): readonly Link[] => {
  const names = cluster.nodes.map(({ name }) => name)
  const services = cluster.services.map(({ name }) => name)
  const sides = cut.services === 'both' ? null : twoSides(names, links)
  if (sides === null) return links
  const [near, far] = sides
  return [...links, ...(cut.services === 'near' ? split(services, far) : split(near, services))]
}

/** For a one-way cut, keeps of each pair the direction that `split` lists first. */
const directed = ({ oneWay, shape }: Cut, links: readonly Link[]): readonly Link[] =>
  oneWay && shape !== 'asymmetric-bridge' ? links.filter((_, i) => i % 2 === 0) : links

/** The links to cut; they may depend on the current leader. */
export const resolveLinks = async (context: NemesisContext, cut: Cut): Promise<readonly Link[]> =>
  directed(cut, withServices(context, cut, await bothWays(context, cut)))

/** The links between a side and all others. */
export const linksAround = (cut: Cut, side: readonly string[]): readonly Link[] => {
  const others = cut.order.filter((name) => !side.includes(name))
  return directed(cut, split(side, others))
}

/** Which packets of a link are hit, and how. */
export type Harm = Pick<PacketRule, 'which' | 'action' | 'only'>

const rulesFor = (
  cluster: Cluster,
  node: ClusterNode,
  links: readonly Link[],
  harm: Harm,
): readonly PacketRule[] =>
  links.flatMap(({ from, to }): PacketRule[] => {
    if (to === node.name) return [{ direction: 'from', ...whereaboutsOf(cluster, from), ...harm }]
    if (from === node.name) return [{ direction: 'to', address: whereaboutsOf(cluster, to).address, ...harm }]
    return []
  })

/** At both ends of each link. */
export const rulesAt = (
  cluster: Cluster,
  links: readonly Link[],
  harms: readonly Harm[],
): readonly RulesAt[] =>
  cluster.nodes.map((node) => ({
    node,
    rules: harms.flatMap((harm) => rulesFor(cluster, node, links, harm)),
  }))

/** Such as `n1|n2 n1->n3`. */
export const describeLinks = (links: readonly Link[]): string => {
  const hasReverse = ({ from, to }: Link): boolean =>
    links.some((other) => other.from === to && other.to === from)
  return links
    .filter((link) => link.from < link.to || !hasReverse(link))
    .map((link) => `${link.from}${hasReverse(link) ? '|' : '->'}${link.to}`)
    .join(' ')
}
