/** What `--target-opts` sets for the bundled primary and backups, and their clients. */
import type { OptionSpecs, OptionsOf } from '../../harness/api/options.ts'
import { clientOptions } from '../protocol/options.ts'
import { sinkOption } from '../sink/service.ts'

export const primaryBackupOptions = {
  replication: {
    type: 'string',
    default: 'sync',
    choices: ['sync', 'semi-sync', 'async'],
    description: 'which backups must have a write before it is acknowledged: all of the view, one, or none',
  },
  failover: {
    type: 'string',
    default: 'majority',
    choices: ['none', 'timeout', 'view-service', 'majority'],
    description:
      'who replaces a silent primary: nobody, each backup for itself, a service beside the nodes, or a majority of the nodes',
  },
  fencing: {
    type: 'boolean',
    default: true,
    description:
      'backups refuse a primary of an earlier view by its number, and a primary stops serving when its lease is over',
  },
  minority: {
    type: 'string',
    default: 'refuse',
    choices: ['refuse', 'read-only', 'serve-all', 'serve-stale-and-say-so'],
    description: 'what a primary does that has lost contact; with the last one, what any such node does',
  },
  tick: { type: 'duration', default: 10, description: 'the unit in which a node counts its timeouts' },
  'failover-timeout': {
    type: 'duration',
    default: 600,
    description: 'how long a primary may be silent; a lease is shorter, and backups wait up to twice as long',
  },
  'max-entries': { type: 'number', default: 64, description: 'writes in one message' },
  'compact-every': { type: 'number', default: 500, description: 'log entries between snapshots' },
  'log-messages': {
    type: 'boolean',
    default: false,
    description: 'each node logs the messages that it sends to the others and receives from them',
  },
  sink: sinkOption,
  ...clientOptions,
} as const satisfies OptionSpecs

export type PrimaryBackupOptions = OptionsOf<typeof primaryBackupOptions>
