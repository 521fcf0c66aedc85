/** What `--target-opts` sets for the bundled cluster and its clients. */
import type { OptionSpecs, OptionsOf } from '../../harness/api/options.ts'
import { clientOptions } from '../protocol/options.ts'
import { sinkOption } from '../sink/service.ts'

export const raftOptions = {
  version: {
    type: 'string',
    default: '2',
    choices: ['1', '2'],
    description: 'version of the server; nodes of both versions work together in one cluster',
  },
  tick: { type: 'duration', default: 10, description: 'the unit in which a node counts its timeouts' },
  'election-timeout': {
    type: 'duration',
    default: 400,
    description: 'an election starts after one to two of these without a leader',
  },
  'max-entries': { type: 'number', default: 64, description: 'log entries in one message' },
  'compact-every': { type: 'number', default: 500, description: 'log entries between snapshots' },
  authority: {
    type: 'boolean',
    default: false,
    description: 'each write must be allowed by a service beside the cluster, and is refused otherwise',
  },
  'log-messages': {
    type: 'boolean',
    default: false,
    description: 'each node logs the messages that it sends to the others and receives from them',
  },
  sink: sinkOption,
  ...clientOptions,
} as const satisfies OptionSpecs

export type RaftOptions = OptionsOf<typeof raftOptions>
