/** What `--target-opts` sets for NATS and its clients. */
import type { OptionSpecs, OptionsOf } from '../../harness/api/options.ts'
import { DEFAULT_VERSION } from './versions.ts'

export const natsOptions = {
  version: {
    type: 'string',
    default: DEFAULT_VERSION,
    description: 'a release of nats-server, such as 2.10.22 or 2.12.1',
  },
  sync: {
    type: 'string',
    default: '2m',
    description:
      'sync_interval: how long a write may wait for its fsync, such as 2m (NATS’s default) or 1s; always: no time',
  },
  replicas: {
    type: 'number',
    default: 3,
    description: 'how many servers hold a stream, as far as there are so many',
  },
  reads: {
    type: 'string',
    default: 'leader',
    choices: ['leader', 'direct'],
    description:
      'who is asked: the leader of the stream, or the nearest replica (direct get), which may be behind',
  },
  'retry-after': {
    type: 'duration',
    default: 1000,
    description:
      'a message that is not acknowledged is published again with the same Nats-Msg-Id, until the call ends; 0: never',
  },
  'ack-wait': {
    type: 'duration',
    default: 2000,
    description:
      'a message of a queue that is not acknowledged is delivered again after this time; NATS’s default is 30s',
  },
  'recovers-within': {
    type: 'duration',
    default: 0,
    description:
      'asks that all servers are ready so soon after the last fault, of which NATS’s documentation says nothing; 0: not asked',
  },
} as const satisfies OptionSpecs

export type NatsOptions = OptionsOf<typeof natsOptions>
