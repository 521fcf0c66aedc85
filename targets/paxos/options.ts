/** What `--target-opts` sets for the bundled Paxos cluster and its clients. */
import type { OptionSpecs, OptionsOf } from '../../harness/api/options.ts'
import { clientOptions } from '../protocol/options.ts'
import { sinkOption } from '../sink/service.ts'

export const paxosOptions = {
  phase1: {
    type: 'number',
    default: 0,
    description: 'acceptors that must promise before a node leads; 0: a majority',
  },
  phase2: {
    type: 'number',
    default: 0,
    description: 'acceptors that must accept before a value is chosen; 0: a majority',
  },
  tick: { type: 'duration', default: 10, description: 'the unit in which a node counts its timeouts' },
  'election-timeout': {
    type: 'duration',
    default: 400,
    description: 'phase 1 starts after one to two of these without a leader',
  },
  'max-entries': { type: 'number', default: 64, description: 'values in one message' },
  'compact-every': { type: 'number', default: 500, description: 'slots between snapshots' },
  'log-messages': {
    type: 'boolean',
    default: false,
    description: 'each node logs the messages that it sends to the others and receives from them',
  },
  sink: sinkOption,
  ...clientOptions,
} as const satisfies OptionSpecs

export type PaxosOptions = OptionsOf<typeof paxosOptions>
