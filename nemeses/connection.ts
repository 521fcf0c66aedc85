/**
 * Faults on the TCP connections of a node with its peers or with clients, while the network itself works:
 *
 * - `reset`: every packet is answered with a TCP reset; a new connection is refused;
 * - `black-hole`: no packet is ever answered;
 * - `lost-replies`: connections open, and requests arrive and are acknowledged, but no data from the node comes back. This
 *   is the lost reply, after which a client that retries does the work twice.
 *
 * The first two hit new connections, established ones, or all. Proof: the packets that each rule dropped or reset. If no
 * such connection was opened or used, the fault had no effect: `new` does not affect programs that keep their connections.
 */
import { z } from 'zod'
import type { Cluster, ClusterNode } from '../harness/api/environment.ts'
import type { NemesisContext, PlannedFault } from '../harness/api/nemesis.ts'
import type { PacketRule } from '../harness/faults/iptables.ts'
import { packetFault } from './parts/packet-rules.ts'
import { scheduledNemesis } from './parts/scheduled-nemesis.ts'
import { resolveVictims, VICTIM_FIELDS, victimsFrom, victimsNamed, victimsOption } from './parts/victims.ts'
import { parseWords, takeTurn, wordsOption } from './parts/words.ts'

const MODES = ['reset', 'black-hole', 'lost-replies'] as const
const ENDS = ['peers', 'clients'] as const
const CONNECTIONS = ['all', 'established', 'new'] as const
const PACKETS = { all: 'tcp', established: 'open', new: 'opening' } as const

const connectionIntent = z.strictObject({
  mode: z.enum(MODES),
  connections: z.enum(CONNECTIONS),
  /** The other end of the connections: the other nodes, or one group of clients. */
  with: z.enum(ENDS),
  clientGroup: z.int().min(0),
  ...VICTIM_FIELDS,
})
type ConnectionIntent = z.infer<typeof connectionIntent>

const rulesOf = ({ mode, connections }: ConnectionIntent, address: string): readonly PacketRule[] => {
  if (mode === 'lost-replies') return [{ direction: 'to', address, which: 'data', action: 'drop' }]
  const hit = { address, which: PACKETS[connections], action: mode === 'reset' ? 'reset' : 'drop' } as const
  return (['from', 'to'] as const).map((direction) => ({ direction, ...hit }))
}

const othersOf = (cluster: Cluster, node: ClusterNode, intent: ConnectionIntent): readonly string[] =>
  intent.with === 'peers'
    ? cluster.nodes.filter((other) => other !== node).map(({ address }) => address)
    : [cluster.clientAddresses[intent.clientGroup] as string]

const inject = async (context: NemesisContext, intent: ConnectionIntent, { id }: PlannedFault) => {
  const nodes = await resolveVictims(context, intent)
  const at = nodes.map((node) => ({
    node,
    rules: othersOf(context.cluster, node, intent).flatMap((address) => rulesOf(intent, address)),
  }))
  const { mode, connections } = intent
  const done = mode === 'reset' ? 'reset' : 'never answered'
  const what = mode === 'lost-replies' ? 'of replies lost' : `of ${connections} connections ${done}`
  const end = intent.with === 'peers' ? 'its peers' : `clients ${intent.clientGroup}`
  return packetFault(id, at, `${what}, between ${nodes.map(({ name }) => name).join(', ')} and ${end}`)
}

export const connection = scheduledNemesis({
  name: 'connection',
  label: 'connections',
  colour: 'red',
  description: 'resets (refuses) or black-holes connections, or loses the replies on them',
  needs: ['partition'],
  isMild: true,
  weight: 2,
  intervalMs: 5000,
  durationMs: 2000,
  options: {
    modes: wordsOption('how', MODES),
    connections: wordsOption(
      'which connections',
      CONNECTIONS,
      ['all', 'established'],
      'lost-replies always hits all',
    ),
    with: wordsOption('other end of the connections', ENDS),
    victims: victimsOption('leader+one+minority', 'nodes whose connections are hit'),
  },
  model: 'omission',
  intent: connectionIntent,
  kindOf: ({ mode }) => mode,
  nodesNamed: victimsNamed,
  plan: ({ rng, options, context }) => {
    const modes = parseWords('modes', options.modes, MODES)
    const ends = parseWords('with', options.with, ENDS)
    // Retries that take effect twice need answers that clients miss. What peers miss, partitions test as well.
    const oftenModes = [...modes, ...modes.filter((mode) => mode === 'lost-replies')]
    const oftenEnds = [...ends, ...ends.filter((end) => end === 'clients').flatMap((end) => [end, end])]
    const connections = parseWords('connections', options.connections, CONNECTIONS)
    const victimsOf = victimsFrom(options.victims, context)
    return (draw, ordinal, aim) => ({
      mode: takeTurn(rng.fork('modes'), oftenModes, ordinal),
      connections: draw.fork('connections').pick(connections),
      with: draw.fork('with').pick(oftenEnds),
      clientGroup: draw.fork('clients').int(context.clientGroups),
      ...victimsOf(draw, 'omission', aim),
    })
  },
  inject,
})
