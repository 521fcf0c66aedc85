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
import type { Link, NemesisContext, PlannedFault } from '../harness/api/nemesis.ts'
import { split } from './parts/grudge.ts'
import { packetFault } from './parts/packet-rules.ts'
import { clientName, rulesAt } from './parts/partition-links.ts'
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

const harmOf = ({ mode, connections }: ConnectionIntent) =>
  mode === 'lost-replies'
    ? ({ which: 'data', action: 'drop' } as const)
    : ({ which: PACKETS[connections], action: mode === 'reset' ? 'reset' : 'drop' } as const)

/** Of lost replies only what the victims send is hit. */
const linksOf = (
  cluster: Cluster,
  victims: readonly ClusterNode[],
  { mode, with: ends, clientGroup }: ConnectionIntent,
): readonly Link[] => {
  const names = victims.map(({ name }) => name)
  const peers = cluster.nodes.map(({ name }) => name).filter((name) => !names.includes(name))
  const ofClients = ends === 'clients' ? split(names, [clientName(clientGroup)]) : []
  const ofPeers = ends === 'peers' ? [...split(names, peers), ...among(names)] : []
  return [...ofClients, ...ofPeers].filter(({ from }) => mode !== 'lost-replies' || names.includes(from))
}

const among = (names: readonly string[]): readonly Link[] =>
  names.flatMap((from) => names.filter((to) => to !== from).map((to) => ({ from, to })))

const inject = async (context: NemesisContext, intent: ConnectionIntent, { id }: PlannedFault) => {
  const { cluster } = context
  const nodes = await resolveVictims(context, intent)
  const at = rulesAt(cluster, linksOf(cluster, nodes, intent), [harmOf(intent)])
  const { mode, connections } = intent
  const done = mode === 'reset' ? 'reset' : 'never answered'
  const what = mode === 'lost-replies' ? 'of replies lost' : `of ${connections} connections ${done}`
  const end = intent.with === 'peers' ? 'its peers' : `clients ${intent.clientGroup}`
  const between = `between ${nodes.map(({ name }) => name).join(', ')} and ${end}`
  return { ...(await packetFault(id, at, `${what}, ${between}`)), victims: nodes }
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
