/**
 * Network partitions by iptables inside the nodes' own namespaces. A cut link has a rule at both of its ends: a
 * drop at the receiver alone would still let the sender's packets out. Proof: the packets each rule dropped, and a
 * probe of every direction between nodes.
 */
import type { Cluster, ClusterNode } from '../harness/api/environment.ts'
import type { ActiveFault, Effect, Nemesis, NemesisContext, PlannedFault } from '../harness/api/nemesis.ts'
import type { Rng } from '../harness/api/random.ts'
import type { PacketRule } from '../harness/faults/iptables.ts'
import { PROBE_TAKES_MS, probeLinks } from '../harness/faults/packet/probe.ts'
import { messageOf, UserError } from '../harness/support/assert.ts'
import { NS_PER_MS } from '../harness/support/time.ts'
import {
  LEADER_SHAPES,
  type LeaderShape,
  type Link,
  linksOf,
  SHAPES,
  type Shape,
  seesawSide,
  split,
} from './parts/grudge.ts'
import { packetFault, type RulesAt } from './parts/packet-rules.ts'
import { planSequence, scheduleOptions } from './parts/schedule.ts'
import { seesawFault } from './parts/seesaw.ts'
import { parseWords } from './parts/victims.ts'

interface PartitionIntent {
  readonly shape: Shape
  /** One-way: packets from the first side to the second are dropped, answers pass. */
  readonly oneWay: boolean
  readonly order: readonly string[]
  readonly clientGroup: number
  /** Down for so long, then up for as long, by turns; 0: down all the time. */
  readonly flapMs: number
}

/** In a link, client group g is written `clients-g`. */
const clientName = (group: number): string => `clients-${group}`

const addressOf = (cluster: Cluster, name: string): string => {
  const node = cluster.nodes.find((candidate) => candidate.name === name)
  if (node !== undefined) return node.address
  const address = cluster.clientAddresses[Number(name.replace('clients-', ''))]
  if (address === undefined) throw new UserError(`There is no node or client group named ${name}.`)
  return address
}

const isLeaderShape = (shape: Shape): shape is LeaderShape => LEADER_SHAPES.some((known) => known === shape)

const resolveLinks = async (context: NemesisContext, intent: PartitionIntent): Promise<readonly Link[]> => {
  const { order, shape } = intent
  const names = context.cluster.nodes.map((node) => node.name)
  const first = order[0] as string
  if (shape === 'clients') return split([first], [clientName(intent.clientGroup)])
  if (!isLeaderShape(shape)) return linksOf(shape, names, order)
  const leader = (await context.leader()) ?? first
  const followers = order.filter((name) => name !== leader)
  if (shape === 'leader-clients') return split([leader], [clientName(intent.clientGroup)])
  const companions = shape === 'leader-minority' ? Math.floor((names.length - 1) / 2) - 1 : 0
  return split([leader, ...followers.slice(0, companions)], followers.slice(companions))
}

/** Of each pair, the direction that `split` names first. */
const oneDirection = (links: readonly Link[]): readonly Link[] => links.filter((_, i) => i % 2 === 0)

const rulesFor = (cluster: Cluster, node: ClusterNode, links: readonly Link[]): readonly PacketRule[] =>
  links.flatMap(({ from, to }): PacketRule[] => {
    const all = { which: 'all', action: 'drop' } as const
    if (to === node.name) return [{ direction: 'from', address: addressOf(cluster, from), ...all }]
    if (from === node.name) return [{ direction: 'to', address: addressOf(cluster, to), ...all }]
    return []
  })

const describe = (links: readonly Link[]): string => {
  const arrow = (link: Link): string => {
    const back = links.some((other) => other.from === link.to && other.to === link.from)
    return back ? `${link.from}|${link.to}` : `${link.from}->${link.to}`
  }
  const names = links
    .filter((link) => link.from < link.to || !links.some((o) => o.from === link.to && o.to === link.from))
    .map(arrow)
  return names.join(' ')
}

const inject = async (context: NemesisContext, fault: PlannedFault): Promise<ActiveFault> => {
  const intent = fault.intent as unknown as PartitionIntent
  const { cluster } = context
  const cutOf = (links: readonly Link[]): readonly Link[] =>
    intent.oneWay && intent.shape !== 'asymmetric-bridge' ? oneDirection(links) : links
  const rulesAt = (links: readonly Link[]): readonly RulesAt[] =>
    cluster.nodes.map((node) => ({ node, rules: rulesFor(cluster, node, links) }))
  if (intent.shape === 'seesaw')
    return seesawFault(context, {
      id: fault.id,
      first: intent.order[0] as string,
      sideOf: (leader) => seesawSide(intent.order, leader),
      rulesFor: (side) =>
        rulesAt(
          cutOf(
            split(
              side,
              intent.order.filter((name) => !side.includes(name)),
            ),
          ),
        ),
    })
  const links = cutOf(await resolveLinks(context, intent))
  const at = rulesAt(links)
  const active = await packetFault(fault.id, at, `dropped (${describe(links)})`, intent.flapMs)
  const told = { links: links.map(({ from, to }) => `${from}>${to}`).join(' ') }
  // Links that flap are open or not as it happens.
  if (intent.flapMs > 0) return active
  // A probe must not make a short cut a long one: there the packets that were dropped are proof enough.
  if (fault.durationNs < PROBE_TAKES_MS * NS_PER_MS)
    return withProof(active, { text: 'too short to be probed', measurements: told })
  const proof = proofOf(cluster, links).then(({ text, measurements }) => ({
    text,
    measurements: { ...measurements, ...told },
  }))
  return withProof(active, proof)
}

interface Proof {
  readonly text: string
  readonly measurements: Effect['measurements']
}

/** Every direction between nodes probed: those that are cut let nothing through, and the others do. */
const proofOf = async (cluster: Cluster, links: readonly Link[]): Promise<Proof> => {
  try {
    const cut = new Set(links.map(({ from, to }) => `${from}>${to}`))
    const probed = Object.entries(await probeLinks(cluster.nodes))
    const closed = probed.filter(([link]) => cut.has(link))
    const silent = closed.filter(([, { received }]) => received === 0).length
    const open = probed.filter(([link]) => !cut.has(link))
    const heard = open.filter(([, { received }]) => received > 0).length
    return {
      text: `probed: ${silent} of ${closed.length} cut directions silent, ${heard} of ${open.length} others open`,
      measurements: { cut: closed.length, silent, open: open.length, heard },
    }
  } catch (error) {
    return { text: `not probed (${messageOf(error)})`, measurements: {} }
  }
}

/** The links are cut by now: what comes of the probe is told with the first measurement. */
const withProof = (active: ActiveFault, proof: Proof | Promise<Proof>): ActiveFault => {
  const add = async (effect: Effect): Promise<Effect> => {
    const { text, measurements } = await proof
    return {
      ...effect,
      summary: `${effect.summary}; ${text}`,
      measurements: { ...effect.measurements, ...measurements },
    }
  }
  return {
    ...active,
    measure: async () => add(await active.measure()),
    heal: async () => add(await active.heal()),
  }
}

/** Some shapes mean nothing in a small cluster: in a ring of three everyone sees everyone. */
const cutsSomething = (shape: Shape, nodes: readonly string[]): boolean => {
  if (shape === 'clients' || shape === 'leader-clients') return true
  return isLeaderShape(shape) ? nodes.length > 1 : linksOf(shape, nodes, nodes).length > 0
}

const drawOneWay = (rng: Rng, direction: unknown): boolean =>
  direction === 'one-way' || (direction === 'both' && rng.float() < 0.25)

export const partition: Nemesis = {
  name: 'partition',
  description: 'cuts links between nodes, or between clients and a node, by dropping packets',
  needs: ['partition'],
  options: {
    ...scheduleOptions(5000, 3000),
    shapes: {
      type: 'string',
      default: 'random-halves+one+minority+bridge+asymmetric-bridge+ring+leader',
      description: `which: ${SHAPES.join(', ')}, joined by +`,
    },
    direction: {
      type: 'string',
      default: 'both',
      choices: ['two-way', 'one-way', 'both'],
      description: 'both: one in four is one-way',
    },
    flapping: {
      type: 'duration',
      default: 0,
      description: 'links go down and up again by turns, each for so long; 0: they stay down',
    },
  },
  plan: (rng, options, context) => {
    const shapes = parseWords('shapes', String(options.shapes), SHAPES).filter((shape) =>
      cutsSomething(shape, context.nodes),
    )
    if (shapes.length === 0) {
      throw new UserError(`shapes=${options.shapes} cut no link among ${context.nodes.length} nodes.`)
    }
    const sides = rng.fork('sides').shuffle(context.nodes)
    return planSequence('partition', 'partition', rng, options, context, (draw) => {
      const shape = draw.fork('shape').pick(shapes)
      return {
        shape,
        oneWay: drawOneWay(draw.fork('direction'), options.direction),
        order: shape === 'seesaw' ? sides : draw.fork('order').shuffle(context.nodes),
        clientGroup: draw.fork('clients').int(context.clientGroups),
        flapMs: options.flapping as number,
      }
    })
  },
  inject,
}
