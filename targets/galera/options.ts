/** What `--target-opts` sets for MariaDB, Galera and their clients. */
import type { OptionSpecs, OptionsOf } from '../../harness/api/options.ts'

export const galeraOptions = {
  'sync-wait': {
    type: 'number',
    default: 1,
    description:
      '`wsrep_sync_wait` of the clients; 1: reads and transactions begin when their node has applied all that was committed before; 0, MariaDB’s default: they begin at once. (2 and 4 are for updates and inserts that are no transactions; there are none here.)',
  },
  isolation: {
    type: 'string',
    default: 'repeatable-read',
    choices: ['repeatable-read', 'read-committed'],
    description:
      'of transactions that clients make of several statements; Galera has no other level on all nodes',
  },
  'snapshot-isolation': {
    type: 'boolean',
    default: true,
    description:
      '`innodb_snapshot_isolation`: whoever writes a row that has changed since its snapshot is refused; false is the default of MariaDB 10.11',
  },
  flush: {
    type: 'number',
    default: 1,
    description:
      '`innodb_flush_log_at_trx_commit`: 1, a commit waits for the disk; 2, for the kernel; 0, for nothing. 1 is MariaDB’s default; Galera’s documentation recommends 0',
  },
  appliers: {
    type: 'number',
    default: 2,
    description: '`wsrep_slave_threads`: how many transactions of other nodes a node applies at once',
  },
  'suspect-timeout': {
    type: 'duration',
    default: 2000,
    description:
      'after this time of silence a node is suspected (`evs.suspect_timeout`), and after three times as long it is left out whatever others say; Galera’s default is 5s',
  },
} as const satisfies OptionSpecs

export type GaleraOptions = OptionsOf<typeof galeraOptions>
