/** How a replica of PBFT lies: signed with its own key, and, of accomplices, with theirs. Of others it has none. */
import type { ByzantineProtocol } from '../../harness/api/target.ts'
import { moduleAt } from '../protocol/launch.ts'
import { CLIENT_PORT, PEER_PORT } from '../protocol/wire.ts'
import { privateKeyOf } from './keys.ts'

export const PBFT_LIES = {
  'batches-differ': {
    kind: 'equivocation',
    description:
      'as primary, proposes another batch for the same sequence number to some, and votes there for it',
  },
  'votes-for-all': {
    kind: 'double-vote',
    description: 'votes for the null request too wherever it votes',
  },
  'forged-votes': {
    kind: 'forged-sender',
    description: 'sends its votes in the names of all others too, with signatures that are none',
  },
  'requests-changed': {
    kind: 'corruption',
    description: 'as primary, proposes requests with other values than their clients have signed',
  },
  'digests-kept': {
    kind: 'corruption',
    description: 'as primary, sends other requests than those whose digest it has signed',
  },
  'false-checkpoints': {
    kind: 'corruption',
    description: 'signs checkpoints of states that nobody has, and sends one of them to all',
  },
  'prepared-hidden': {
    kind: 'corruption',
    description: 'tells nothing of what prepared when views change',
  },
  'joint-equivocation': {
    kind: 'collusion',
    description:
      'together they ask for a view with one of them as primary, which proposes to some another batch than to the rest; all accomplices vote for what each was told',
  },
  'false-answers': {
    kind: 'false-answer',
    description: 'signs other results for clients than those of their requests',
  },
} as const

/** What a traitor signs with. */
export interface PbftSecrets {
  readonly privateKey: string
}

export const pbftByzantine: ByzantineProtocol = {
  peerPorts: [PEER_PORT],
  clientPorts: [CLIENT_PORT],
  codec: moduleAt('./byzantine-codec', import.meta.url),
  epoch: 'view',
  lies: PBFT_LIES,
  secrets: ({ name }): PbftSecrets => ({ privateKey: privateKeyOf(name) }),
}
