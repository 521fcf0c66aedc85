/**
 * Network partitions by iptables inside the namespaces of the nodes. A cut link has a rule at both ends: a drop at the
 * receiver alone would still let the packets of the sender out. The receiver drops whatever comes from the sender's Ethernet
 * address: by second addresses, multicast, broadcast and IPv6 too. Proof: the packets that each rule dropped, without those of
 * our own probe, and that probe of every direction between nodes.
 */
import { z } from 'zod'
import type { NemesisContext, PlannedFault } from '../harness/api/nemesis.ts'
import type { Rng } from '../harness/api/random.ts'
import type { Traffic } from '../harness/faults/iptables.ts'
import { UserError } from '../harness/support/assert.ts'
import { DIRECTIONS, drawOneWay } from './parts/direction.ts'
import { LEADER_SHAPES, SHAPES, type Shape, seesawSide } from './parts/grudge.ts'
import { betweenLiving, withProof } from './parts/link-proof.ts'
import { choice, duration, text } from './parts/options.ts'
import { packetFault } from './parts/packet-rules.ts'
import {
  cutsSomething,
  describeLinks,
  type Harm,
  linksAround,
  resolveLinks,
  rulesAt,
  SERVICE_SIDES,
} from './parts/partition-links.ts'
import type { Aim } from './parts/schedule.ts'
import { scheduledNemesis } from './parts/scheduled-nemesis.ts'
import { seesawFault } from './parts/seesaw.ts'
import { VICTIM_FIELDS } from './parts/victims.ts'
import { parseWords, wordsOption } from './parts/words.ts'

const ALL_TRAFFIC = 'all'
const TRAFFIC = /^(tcp|udp)(?::(\d+))?$/

/** @throws UserError */
const harmsOf = (traffic: string): readonly Harm[] => {
  const drop = { which: 'all', action: 'drop' } as const
  if (traffic === ALL_TRAFFIC) return [drop]
  return traffic.split('+').map((word) => {
    const [, protocol, port] = TRAFFIC.exec(word) ?? []
    if (protocol === undefined)
      throw new UserError(`traffic=${word} is neither all nor tcp, udp, tcp:PORT or udp:PORT.`)
    return {
      ...drop,
      only: { protocol: protocol as Traffic['protocol'], port: port === undefined ? null : Number(port) },
    }
  })
}

const partitionIntent = z.strictObject({
  shape: z.enum(SHAPES),
  oneWay: z.boolean(),
  order: VICTIM_FIELDS.order,
  clientGroup: z.int().min(0),
  /** Time for which links are down and then up, alternating; 0: down all the time. Older recorded plans lack the field. */
  flapMs: z.number().default(0),
  /** Where the services beside the cluster are. Older recorded plans lack the field. */
  services: z.enum(SERVICE_SIDES).default('both'),
  /** What is cut. Older recorded plans lack the field. */
  traffic: z.string().default(ALL_TRAFFIC),
})
type PartitionIntent = z.infer<typeof partitionIntent>

/** Where the services are from a leader that is cut off: one that still reaches its arbiter is not deposed. */
const SIDES_OF_LEADERS: readonly (typeof SERVICE_SIDES)[number][] = ['far', 'far', ...SERVICE_SIDES]

/** A leader that is cut off from its followers is drawn more often than one that clients do not reach. */
const OFTEN_AT_LEADER: readonly Shape[] = [
  ...LEADER_SHAPES,
  'leader',
  'leader',
  'leader-minority',
  'leader-minority',
]

const inject = async (context: NemesisContext, intent: PartitionIntent, planned: PlannedFault) => {
  const { cluster } = context
  const { id } = planned
  const harms = harmsOf(intent.traffic)
  if (intent.shape === 'seesaw')
    return seesawFault(context, {
      id,
      first: intent.order[0] as string,
      sideOf: (leader) => seesawSide(intent.order, leader),
      rulesFor: (side) => rulesAt(cluster, linksAround(intent, side), harms),
    })
  const links = await resolveLinks(context, intent)
  const isWhole = intent.traffic === ALL_TRAFFIC
  const what = `${isWhole ? '' : `of ${intent.traffic} `}dropped (${describeLinks(links)})`
  const rules = await packetFault(id, rulesAt(cluster, links, harms), what, intent.flapMs)
  const fault = await betweenLiving(cluster, links, rules)
  // A probe of flapping links proves nothing: they are open or closed at random. One of other traffic does not either.
  return intent.flapMs > 0 || !isWhole ? fault : withProof(cluster, links, planned, fault)
}

export const partition = scheduledNemesis({
  name: 'partition',
  label: 'partition',
  colour: 'red',
  description: 'cuts links between nodes, or between clients and a node, by dropping packets',
  needs: ['partition'],
  followsLeaders: true,
  weight: 3,
  intervalMs: 5000,
  durationMs: 3000,
  options: {
    shapes: wordsOption('shape', SHAPES),
    direction: choice(DIRECTIONS, 'both', 'both: one fault in four is one-way'),
    services: choice(
      [...SERVICE_SIDES, 'drawn'],
      'drawn',
      'which side of two reaches the services beside the cluster: both, or only that of the node listed first (near) or the other (far); drawn: the seed chooses',
    ),
    traffic: text(ALL_TRAFFIC, 'what is cut: all, or tcp, udp, tcp:PORT, udp:PORT, joined by +'),
    flapping: duration(0, 'links alternate between down and up, each for this long; 0: they stay down'),
  },
  model: 'partition',
  intent: partitionIntent,
  kindOf: ({ shape }) => shape,
  nodesNamed: ({ order }) => order,
  deposes: ({ shape, oneWay }) => !oneWay && (shape === 'leader' || shape === 'leader-minority'),
  needsTime: ({ shape }) => shape === 'seesaw',
  plan: ({ rng, options, context }) => {
    const { nodes } = context
    const asked = parseWords('shapes', options.shapes, SHAPES)
    const shapes = asked.filter((shape) => cutsSomething(shape, nodes))
    if (shapes.length === 0)
      throw new UserError(`shapes=${options.shapes} cut no link among ${nodes.length} nodes.`)
    const ofLeaders = OFTEN_AT_LEADER.filter((shape) => shapes.includes(shape))
    harmsOf(options.traffic)
    const seesawOrder = rng.fork('sides').shuffle(nodes)
    const isOfLeaders = (aim: Aim): boolean =>
      ofLeaders.length > 0 && (aim === 'leader' || aim === 'leaders-in-turn')
    const shapeFor = (draw: Rng, aim: Aim): Shape => {
      if (aim === 'leaders-in-turn' && shapes.includes('seesaw')) return 'seesaw'
      return draw.pick(isOfLeaders(aim) ? ofLeaders : shapes)
    }
    return (draw, _ordinal, aim) => {
      const shape = shapeFor(draw.fork('shape'), aim)
      const sides = LEADER_SHAPES.some((known) => known === shape) ? SIDES_OF_LEADERS : SERVICE_SIDES
      return {
        shape,
        oneWay: drawOneWay(draw.fork('direction'), options.direction),
        order: shape === 'seesaw' ? seesawOrder : draw.fork('order').shuffle(nodes),
        clientGroup: draw.fork('clients').int(context.clientGroups),
        flapMs: options.flapping,
        traffic: options.traffic,
        services: options.services === 'drawn' ? draw.fork('services').pick(sides) : options.services,
      }
    }
  },
  inject,
})
