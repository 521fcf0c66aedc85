/** How a node of Paxos lies. Paxos assumes "the customary asynchronous, non-Byzantine model" (Lamport 2001, section 2.1). */
import type { ByzantineProtocol } from '../../harness/api/target.ts'
import { FALSE_ANSWERS } from '../protocol/byzantine/codec.ts'
import { moduleAt } from '../protocol/launch.ts'
import { CLIENT_PORT, PEER_PORT } from '../protocol/wire.ts'

export const PAXOS_LIES = {
  'promises-to-all': {
    kind: 'double-vote',
    description: 'promises to every proposer and accepts every proposal, whatever it has promised before',
  },
  'promises-forget': {
    kind: 'corruption',
    description: 'promises without telling what it has accepted',
  },
  'values-differ': { kind: 'equivocation', description: 'as leader, proposes other values to some' },
  'values-changed': { kind: 'corruption', description: 'proposes and tells all others other values' },
  'values-never-chosen': {
    kind: 'corruption',
    description: 'tells the others values as chosen that nobody has proposed',
  },
  'forged-proposals': {
    kind: 'forged-sender',
    description: "proposes values in the leader's name and says that they are chosen",
  },
  'accepted-unstored': { kind: 'corruption', description: 'accepts values and does not store them' },
  'joint-forgery': {
    kind: 'collusion',
    description:
      "tells the accomplices of a proposal that it has forged in the leader's name, so that they vouch for it",
  },
} as const

export const paxosByzantine: ByzantineProtocol = {
  peerPorts: [PEER_PORT],
  clientPorts: [CLIENT_PORT],
  codec: moduleAt('./byzantine-codec', import.meta.url),
  epoch: 'ballot',
  lies: { ...PAXOS_LIES, ...FALSE_ANSWERS },
}
