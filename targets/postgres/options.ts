/** What `--target-opts` sets for PostgreSQL, Patroni and their clients. */
import type { OptionSpecs, OptionsOf } from '../../harness/api/options.ts'
import { sinkOption } from '../sink/service.ts'

/** The version that Debian ships, with Patroni. */
export const DEBIAN = 'debian'

export const postgresOptions = {
  version: {
    type: 'string',
    default: DEBIAN,
    description:
      'of the server: Debian’s (15) with Patroni, or another one such as `14.3`, which is a single server; the options of Patroni and of standbys then mean nothing',
  },
  reindex: {
    type: 'string',
    default: 'none',
    choices: ['none', 'concurrently'],
    description:
      '`concurrently`: a single server rebuilds the index of its registers again and again with REINDEX CONCURRENTLY, in a table that has many other rows',
  },
  claim: {
    type: 'string',
    default: 'row-lock',
    choices: ['row-lock', 'place'],
    description:
      'how a lock is taken; `place`: by one statement that looks for the free row and updates it where it was (`ctid`), as programs do that take jobs from a table, without FOR UPDATE; on a single server',
  },
  upsert: {
    type: 'string',
    default: 'on-conflict',
    choices: ['on-conflict', 'merge'],
    description:
      'the statement that adds to a counter, and makes it if it is not there: INSERT ... ON CONFLICT, or MERGE, which came with version 15',
  },
  synchronous: {
    type: 'string',
    default: 'on',
    choices: ['off', 'on', 'strict'],
    description:
      'Patroni’s `synchronous_mode`; `off`: a failover may lose acknowledged transactions; `on`: it loses none; `strict`: nothing is acknowledged that is not on two nodes',
  },
  reads: {
    type: 'string',
    default: 'confirmed',
    choices: ['confirmed', 'primary', 'standby'],
    description:
      'who answers reads; `confirmed`: the primary, and the read’s commit waits for the synchronous standby as a write’s does; `primary`: whichever node takes itself for the primary; `standby`: the client’s own node',
  },
  isolation: {
    type: 'string',
    default: 'serializable',
    choices: ['serializable', 'repeatable-read', 'read-committed'],
    description: 'of transactions that clients make of several statements',
  },
  fsync: {
    type: 'boolean',
    default: true,
    description: 'false: a power loss may lose acknowledged transactions, or the database',
  },
  ttl: {
    type: 'duration',
    default: 5000,
    description: 'how long Patroni’s leader key lives without renewal; whole seconds',
  },
  'loop-wait': { type: 'duration', default: 1000, description: 'how often Patroni looks; whole seconds' },
  'retry-timeout': {
    type: 'duration',
    default: 2000,
    description: 'how long Patroni retries what etcd or PostgreSQL does not answer; whole seconds',
  },
  'maximum-lag': {
    type: 'number',
    default: 1_048_576,
    description: 'bytes of the log that a standby may lack and still be promoted (`maximum_lag_on_failover`)',
  },
  sink: sinkOption,
} as const satisfies OptionSpecs

export type PostgresOptions = OptionsOf<typeof postgresOptions>
