/** What `--target-opts` sets for ZooKeeper and its clients. */
import type { OptionSpecs, OptionsOf } from '../../harness/api/options.ts'
import { sinkOption } from '../sink/service.ts'
import { DEBIAN } from './versions.ts'

export const zookeeperOptions = {
  version: {
    type: 'string',
    default: DEBIAN,
    description: 'of the server: Debian’s (3.8.0), or a release that Maven has, such as `3.9.3`',
  },
  reads: {
    type: 'string',
    default: 'quorum',
    choices: ['quorum', 'sync', 'plain'],
    description:
      'what a client does before it reads at its server: `quorum` writes, so that the read is up to date; `sync` asks the leader, which may be deposed; `plain` does nothing',
  },
  locks: {
    type: 'string',
    default: 'ephemeral',
    choices: ['ephemeral', 'persistent'],
    description:
      'an `ephemeral` lock ends with its holder’s session; a `persistent` one only when it is released',
  },
  'force-sync': {
    type: 'boolean',
    default: true,
    description: 'ZooKeeper’s forceSync: the log is synced before a transaction is acknowledged',
  },
  'trust-empty-snapshot': {
    type: 'boolean',
    default: false,
    description:
      'ZooKeeper’s snapshot.trust.empty: a server whose snapshots are lost starts from its log; without it, it does not start',
  },
  sink: sinkOption,
  'session-timeout': {
    type: 'duration',
    default: 4000,
    description: 'what clients request; ZooKeeper grants 2 to 20 ticks',
  },
  'tick-time': { type: 'duration', default: 500, description: "ZooKeeper's tickTime" },
  'init-limit': {
    type: 'number',
    default: 20,
    description: "ZooKeeper's initLimit: ticks in which a follower must have connected and caught up",
  },
  'sync-limit': {
    type: 'number',
    default: 4,
    description: "ZooKeeper's syncLimit: ticks after which a silent follower or leader is given up",
  },
  'snap-count': {
    type: 'number',
    default: 2000,
    description: "ZooKeeper's snapCount: transactions between snapshots",
  },
} as const satisfies OptionSpecs

export type ZooKeeperOptions = OptionsOf<typeof zookeeperOptions>
