/** What `--target-opts` sets for etcd and its clients. */
import type { OptionSpecs, OptionsOf } from '../../harness/api/options.ts'
import { sinkOption } from '../sink/service.ts'

export const etcdOptions = {
  reads: {
    type: 'string',
    default: 'linearizable',
    choices: ['linearizable', 'serializable'],
    description: 'serializable reads are answered by the member that is asked, and may be stale',
  },
  sink: sinkOption,
  heartbeat: { type: 'duration', default: 100, description: "etcd's --heartbeat-interval" },
  'election-timeout': { type: 'duration', default: 1000, description: "etcd's --election-timeout" },
} as const satisfies OptionSpecs

export type EtcdOptions = OptionsOf<typeof etcdOptions>
