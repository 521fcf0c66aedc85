/**
 * TCP connections of a node with its peers or with clients, hurt while the network itself is well:
 *
 * - `reset`: whatever is sent is answered with a TCP reset; a new connection is refused;
 * - `black-hole`: whatever is sent is never answered;
 * - `lost-replies`: connections open, and what is asked arrives and is acknowledged, but nothing the node says comes
 *   back: the lost acknowledgement, after which a client that retries does it twice.
 *
 * The first two hit new connections, established ones, or all. Proof: the packets each rule dropped or reset. Where
 * nobody opened or used one it had no effect: programs that keep their connections notice nothing of `new`.
 */
import type { Cluster, ClusterNode } from '../harness/api/environment.ts'
import type { ActiveFault, Nemesis, NemesisContext, PlannedFault } from '../harness/api/nemesis.ts'
import type { PacketRule } from '../harness/faults/iptables.ts'
import { packetFault } from './parts/packet-rules.ts'
import { planSequence, scheduleOptions } from './parts/schedule.ts'
import { drawVictims, parseVictims, parseWords, resolveVictims, type VictimIntent } from './parts/victims.ts'

const MODES = ['reset', 'black-hole', 'lost-replies'] as const
type Mode = (typeof MODES)[number]

const ENDS = ['peers', 'clients'] as const
type End = (typeof ENDS)[number]

const KINDS = ['all', 'established', 'new'] as const
type Kind = (typeof KINDS)[number]

interface ConnectionIntent extends VictimIntent {
  readonly mode: Mode
  readonly connections: Kind
  /** At the other end: the other nodes, or one group of clients. */
  readonly with: End
  readonly clientGroup: number
}

const PACKETS = { all: 'tcp', established: 'open', new: 'opening' } as const

const rulesOf = ({ mode, connections }: ConnectionIntent, address: string): readonly PacketRule[] => {
  if (mode === 'lost-replies') return [{ direction: 'to', address, which: 'data', action: 'drop' }]
  const hit = { address, which: PACKETS[connections], action: mode === 'reset' ? 'reset' : 'drop' } as const
  return [
    { direction: 'from', ...hit },
    { direction: 'to', ...hit },
  ]
}

const othersOf = (cluster: Cluster, node: ClusterNode, intent: ConnectionIntent): readonly string[] =>
  intent.with === 'peers'
    ? cluster.nodes.filter((other) => other !== node).map(({ address }) => address)
    : [cluster.clientAddresses[intent.clientGroup] as string]

const describe = ({ mode, connections }: ConnectionIntent): string => {
  if (mode === 'lost-replies') return 'of replies lost'
  return `of ${connections} connections ${mode === 'reset' ? 'reset' : 'never answered'}`
}

const inject = async (context: NemesisContext, fault: PlannedFault): Promise<ActiveFault> => {
  const intent = fault.intent as unknown as ConnectionIntent
  const nodes = await resolveVictims(context, intent)
  const at = nodes.map((node) => ({
    node,
    rules: othersOf(context.cluster, node, intent).flatMap((address) => rulesOf(intent, address)),
  }))
  const end = intent.with === 'peers' ? 'its peers' : `clients ${intent.clientGroup}`
  const names = nodes.map(({ name }) => name).join(', ')
  return packetFault(fault.id, at, `${describe(intent)}, between ${names} and ${end}`)
}

export const connection: Nemesis = {
  name: 'connection',
  description: 'resets (refuses) or black-holes connections, or loses the replies on them',
  needs: ['partition'],
  options: {
    ...scheduleOptions(5000, 2000),
    modes: {
      type: 'string',
      default: 'reset+black-hole+lost-replies',
      description: `how: ${MODES.join(', ')}, joined by +`,
    },
    connections: {
      type: 'string',
      default: 'all+established',
      description: `which: ${KINDS.join(', ')}, joined by +; lost-replies hits all`,
    },
    with: {
      type: 'string',
      default: 'peers+clients',
      description: 'who is at the other end: peers, clients, or either by turns (peers+clients)',
    },
    victims: {
      type: 'string',
      default: 'leader+one+minority',
      description: 'whose: words or node names joined by +',
    },
  },
  plan: (rng, options, context) => {
    const modes = parseWords('modes', String(options.modes), MODES)
    const ends = parseWords('with', String(options.with), ENDS)
    const kinds = parseWords('connections', String(options.connections), KINDS)
    const words = parseVictims(options, context)
    return planSequence('connection', 'omission', rng, options, context, (draw) => ({
      mode: draw.fork('mode').pick(modes),
      connections: draw.fork('connections').pick(kinds),
      with: draw.fork('with').pick(ends),
      clientGroup: draw.fork('clients').int(context.clientGroups),
      ...drawVictims(draw, words, context, 'omission'),
    }))
  },
  inject,
}
