/** How a node of Raft lies. Raft tolerates no such node: it believes what a message says, and who it says sent it. */
import type { ByzantineProtocol } from '../../harness/api/target.ts'
import { FALSE_ANSWERS } from '../protocol/byzantine/codec.ts'
import { moduleAt } from '../protocol/launch.ts'
import { CLIENT_PORT, PEER_PORT } from '../protocol/wire.ts'

export const RAFT_LIES = {
  'votes-for-all': {
    kind: 'double-vote',
    description: 'grants its vote to every candidate, whatever its log and however often in a term',
  },
  'entries-differ': { kind: 'equivocation', description: 'as leader, sends other entries to some' },
  'entries-changed': {
    kind: 'corruption',
    description: 'as leader, sends all others entries with other values',
  },
  'forged-entries': {
    kind: 'forged-sender',
    description:
      "sends entries in the leader's name that the leader has not made, and says that they are committed",
  },
  'acknowledged-unstored': {
    kind: 'corruption',
    description: 'acknowledges entries and does not store them',
  },
  'joint-forgery': {
    kind: 'collusion',
    description:
      "tells the accomplices of an entry that it has forged in the leader's name, so that they vouch for it",
  },
} as const

export const raftByzantine: ByzantineProtocol = {
  peerPorts: [PEER_PORT],
  clientPorts: [CLIENT_PORT],
  codec: moduleAt('./byzantine-codec', import.meta.url),
  epoch: 'term',
  lies: { ...RAFT_LIES, ...FALSE_ANSWERS },
}
