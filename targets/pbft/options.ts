/** What `--target-opts` sets for the bundled PBFT cluster and its clients. */
import type { OptionSpecs, OptionsOf } from '../../harness/api/options.ts'
import { clientOptions } from '../protocol/options.ts'

export const pbftOptions = {
  tick: { type: 'duration', default: 10, description: 'the unit in which a replica counts its timeouts' },
  'view-timeout': {
    type: 'duration',
    default: 500,
    description:
      'a replica asks for another primary when a request has waited so long; the time doubles with each view that fails',
  },
  'status-every': {
    type: 'duration',
    default: 150,
    description: 'how often replicas tell each other where they stand, so that what was lost is sent again',
  },
  'checkpoint-every': { type: 'number', default: 32, description: 'batches between checkpoints' },
  'max-batch': { type: 'number', default: 32, description: 'requests in one batch' },
  reads: {
    type: 'string',
    default: 'ordered',
    description:
      'of registers. ordered: they have their place among all requests; proved: one replica answers, from the last stable checkpoint, with a Merkle path to a root that a quorum has signed',
  },
  'log-messages': {
    type: 'boolean',
    default: false,
    description: 'each node logs the messages that it sends to the others and receives from them',
  },
  ...clientOptions,
} as const satisfies OptionSpecs

export type PbftOptions = OptionsOf<typeof pbftOptions>
