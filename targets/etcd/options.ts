/** What `--target-opts` sets for etcd and its clients. */
import type { OptionSpecs, OptionsOf } from '../../harness/api/options.ts'
import { sinkOption } from '../sink/service.ts'
import { DEBIAN_VERSION } from './versions.ts'

export const etcdOptions = {
  version: {
    type: 'string',
    default: DEBIAN_VERSION,
    description: "Debian's, or another one from 3.5.0 on, such as 3.5.16",
  },
  reads: {
    type: 'string',
    default: 'linearizable',
    choices: ['linearizable', 'serializable'],
    description: 'serializable reads are answered by the member that is asked, and may be stale',
  },
  sink: sinkOption,
  compaction: {
    type: 'string',
    default: 'off',
    choices: ['off', 'often'],
    description: 'often: every 50 revisions, a client compacts the store up to the revision that it was told',
  },
  writes: {
    type: 'string',
    default: 'plain',
    choices: ['plain', 'pinned'],
    description:
      'pinned: a put is a transaction that also reads the key, at the revision that the client was told last',
  },
  progress: {
    type: 'string',
    default: 'by-events',
    choices: ['by-events', 'requested'],
    description:
      'how a watcher knows how far it came: by the last event; or it asks for a progress notification, up to which it then has all events',
  },
  heartbeat: { type: 'duration', default: 100, description: "etcd's --heartbeat-interval" },
  'election-timeout': { type: 'duration', default: 1000, description: "etcd's --election-timeout" },
  'snapshot-count': {
    type: 'number',
    default: 0,
    description: "etcd's --snapshot-count: entries between snapshots of the log (0: etcd's default)",
  },
} as const satisfies OptionSpecs

export type EtcdOptions = OptionsOf<typeof etcdOptions>
