/** What `--target-opts` sets for Consul and its clients. */
import type { OptionSpecs, OptionsOf } from '../../harness/api/options.ts'

export const consulOptions = {
  mode: {
    type: 'string',
    default: 'consistent',
    choices: ['default', 'consistent', 'stale'],
    description:
      'Consul’s consistency mode of reads; `default`: the leader answers while its lease lasts; `consistent`: the leader asks a majority first; `stale`: the client’s own server answers',
  },
  'raft-multiplier': {
    type: 'number',
    default: 1,
    description:
      '`raft_multiplier`, 1 to 10: how slow heartbeats, elections and leases are. Consul’s default is 5; 1 is what it recommends in production',
  },
} as const satisfies OptionSpecs

export type ConsulOptions = OptionsOf<typeof consulOptions>
