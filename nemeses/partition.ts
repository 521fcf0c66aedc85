/**
 * Network partitions by iptables inside the nodes' own namespaces. A cut link has a rule at both of its ends: a
 * drop at the receiver alone would still let the sender's packets out. Proof: the packets each rule dropped, and a
 * probe of every direction between nodes.
 */
import { z } from 'zod'
import type { NemesisContext, PlannedFault } from '../harness/api/nemesis.ts'
import { UserError } from '../harness/support/assert.ts'
import { DIRECTIONS, drawOneWay } from './parts/direction.ts'
import { SHAPES, seesawSide } from './parts/grudge.ts'
import { withProof } from './parts/link-proof.ts'
import { choice, duration } from './parts/options.ts'
import { packetFault } from './parts/packet-rules.ts'
import { cutsSomething, describeLinks, linksAround, resolveLinks, rulesAt } from './parts/partition-links.ts'
import { scheduledNemesis } from './parts/scheduled-nemesis.ts'
import { seesawFault } from './parts/seesaw.ts'
import { VICTIM_FIELDS } from './parts/victims.ts'
import { parseWords, wordsOption } from './parts/words.ts'

const partitionIntent = z.strictObject({
  shape: z.enum(SHAPES),
  oneWay: z.boolean(),
  order: VICTIM_FIELDS.order,
  clientGroup: z.int().min(0),
  /** Down for so long, then up for as long, by turns; 0: down all the time. Plans were recorded before links could flap. */
  flapMs: z.number().default(0),
})
type PartitionIntent = z.infer<typeof partitionIntent>

const inject = async (context: NemesisContext, intent: PartitionIntent, { id, durationNs }: PlannedFault) => {
  const { cluster } = context
  if (intent.shape === 'seesaw')
    return seesawFault(context, {
      id,
      first: intent.order[0] as string,
      sideOf: (leader) => seesawSide(intent.order, leader),
      rulesFor: (side) => rulesAt(cluster, linksAround(intent, side)),
    })
  const links = await resolveLinks(context, intent)
  const what = `dropped (${describeLinks(links)})`
  const fault = await packetFault(id, rulesAt(cluster, links), what, intent.flapMs)
  // Links that flap are open or not as it happens.
  return intent.flapMs > 0 ? fault : withProof(cluster, links, durationNs, fault)
}

export const partition = scheduledNemesis({
  name: 'partition',
  label: 'partition',
  colour: 'red',
  description: 'cuts links between nodes, or between clients and a node, by dropping packets',
  needs: ['partition'],
  intervalMs: 5000,
  durationMs: 3000,
  options: {
    shapes: wordsOption('which', SHAPES, [
      'random-halves',
      'one',
      'minority',
      'bridge',
      'asymmetric-bridge',
      'ring',
      'leader',
    ]),
    direction: choice(DIRECTIONS, 'both', 'both: one in four is one-way'),
    flapping: duration(0, 'links go down and up again by turns, each for so long; 0: they stay down'),
  },
  model: 'partition',
  intent: partitionIntent,
  kindOf: ({ shape }) => shape,
  nodesNamed: ({ order }) => order,
  plan: ({ rng, options, context }) => {
    const { nodes } = context
    const asked = parseWords('shapes', options.shapes, SHAPES)
    const shapes = asked.filter((shape) => cutsSomething(shape, nodes))
    if (shapes.length === 0)
      throw new UserError(`shapes=${options.shapes} cut no link among ${nodes.length} nodes.`)
    const sides = rng.fork('sides').shuffle(nodes)
    return (draw) => {
      const shape = draw.fork('shape').pick(shapes)
      return {
        shape,
        oneWay: drawOneWay(draw.fork('direction'), options.direction),
        order: shape === 'seesaw' ? sides : draw.fork('order').shuffle(nodes),
        clientGroup: draw.fork('clients').int(context.clientGroups),
        flapMs: options.flapping,
      }
    }
  },
  inject,
})
