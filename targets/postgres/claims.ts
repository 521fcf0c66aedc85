/** What PostgreSQL and Patroni promise together, by their own documentation. */
import type { Claims, IsolationModel } from '../../harness/api/claims.ts'
import { ACCESS } from '../../harness/vocabularies/access.ts'
import { BANK } from '../../harness/vocabularies/bank.ts'
import { COUNTER } from '../../harness/vocabularies/counter.ts'
import { REGISTER } from '../../harness/vocabularies/register.ts'
import { SET } from '../../harness/vocabularies/set.ts'
import { LIST_APPEND, RW_REGISTER } from '../../harness/vocabularies/transactions.ts'
import { IN_ONE_ORDER } from '../one-order.ts'
import type { PostgresOptions } from './options.ts'
import { isSingle, majorOf } from './versions.ts'

/** PostgreSQL's documentation, "Transaction Isolation", the same from version 12 to 18. */
const LEVELS: Readonly<Record<PostgresOptions['isolation'], IsolationModel>> = {
  serializable: 'serializable',
  // "Repeatable Read ... is implemented using a technique known ... as Snapshot Isolation."
  'repeatable-read': 'snapshot-isolation',
  'read-committed': 'read-committed',
}

/**
 * Reads that no standby has confirmed. PostgreSQL calls the data of a standby eventually consistent (27.4.1). On the
 * primary, a restart shows transactions that no standby may have (27.2.8), and Patroni cannot exclude that an old primary
 * answers when it could not be stopped in time ("Watchdog support").
 */
const OLDER_READS: Claims['consistency'] = {
  [REGISTER.name]: { read: 'eventual', write: 'linearizable', cas: 'linearizable' },
  [SET.name]: { read: 'eventual', add: 'linearizable' },
  [COUNTER.name]: { read: 'eventual', add: 'linearizable' },
  [BANK.name]: { read: 'eventual', transfer: 'linearizable' },
  [ACCESS.name]: { check: 'eventual', grant: 'linearizable', revoke: 'linearizable' },
}

/**
 * "Patroni will not promote a standby unless it is certain that the standby contains all transactions that may have
 * returned a successful commit status to client": whatever fails. In asynchronous mode "the cluster is allowed to lose
 * some committed transactions" whenever the primary "fails or becomes unavailable for any other reason".
 */
const toleratedByCluster = ({ synchronous, fsync }: PostgresOptions): Claims['tolerates'] =>
  synchronous === 'off'
    ? {}
    : {
        partition: 'any',
        omission: 'any',
        timing: 'any',
        kill: 'any',
        // No `pause`: a primary that is suspended may serve on when it goes on (Patroni, "Watchdog support"), and has no watchdog here.
        clock: 'any',
        ...(fsync ? { 'power-loss': 'any', 'disk-errors': 'any' } : {}),
      }

/**
 * One server waits until a transaction is on its disk, and recovers from its log ("Reliability", "Write-Ahead Logging"). There is
 * no other one that could take its place while it is paused or cut off.
 */
const toleratedBySingle = ({ fsync }: PostgresOptions): Claims['tolerates'] => ({
  partition: 'any',
  omission: 'any',
  timing: 'any',
  kill: 'any',
  pause: 'any',
  clock: 'any',
  ...(fsync ? { 'power-loss': 'any', 'disk-errors': 'any' } : {}),
})

const sourceOf = ({ version }: PostgresOptions): string =>
  isSingle(version)
    ? `PostgreSQL ${majorOf(version)} documentation, "Transaction Isolation", "Reliability" and "Write-Ahead Logging (WAL)"`
    : 'Patroni 3.0 documentation, "Replication modes"; PostgreSQL 15 documentation, "Transaction Isolation" and "Synchronous Replication"'

export const claimsOf = (options: PostgresOptions): Claims => ({
  source: sourceOf(options),
  consistency: {
    ...IN_ONE_ORDER,
    [LIST_APPEND.name]: LEVELS[options.isolation],
    [RW_REGISTER.name]: LEVELS[options.isolation],
    // A single server has no older state to answer from: what is visible is on its disk.
    ...(options.reads === 'confirmed' || isSingle(options.version) ? {} : OLDER_READS),
  },
  neverPanics: true,
  logPatterns: {
    corruption:
      'page verification failed, calculated checksum|invalid page in block|could not read block|missing chunk number|found xmin .* from before relfrozenxid',
    crash: 'server process \\(PID \\d+\\) was terminated by signal (?:4|6|7|11)\\b',
  },
  // What it says when a recovery was interrupted, whatever it then finds.
  harmlessLogs: [
    'HINT: {2}(?:This probably means that|If this has occurred more than once) some data (?:is|might be) corrupted',
  ],
  tolerates: isSingle(options.version) ? toleratedBySingle(options) : toleratedByCluster(options),
})
