/**
 * What the documentation promises, by the options.
 *
 * - Galera documentation, "Isolation Levels": on all nodes together, the level is never weaker than that of InnoDB alone; between
 *   nodes "first committer wins" rules out lost updates, and on one node it does not.
 * - MariaDB documentation, "InnoDB System Variables", `innodb_snapshot_isolation`: with it, InnoDB refuses such an update on one node
 *   as well, which makes repeatable read snapshot isolation. Without it, what a transaction writes is not what it has read, so no
 *   level with a name of its own above read committed is claimed.
 * - MariaDB documentation, `wsrep_sync_wait`: a statement that waits sees all that was committed in the cluster before. Without it
 *   a node may lag behind ("slave lag").
 */
import type { Claims, PromiseName } from '../../harness/api/claims.ts'
import { BANK } from '../../harness/vocabularies/bank.ts'
import { COUNTER } from '../../harness/vocabularies/counter.ts'
import { REGISTER } from '../../harness/vocabularies/register.ts'
import { SET } from '../../harness/vocabularies/set.ts'
import { LIST_APPEND, RW_REGISTER } from '../../harness/vocabularies/transactions.ts'
import type { GaleraOptions } from './options.ts'

/** The bit of `wsrep_sync_wait` for reads and for the beginning of a transaction, which each change has here. */
const READS_AND_BEGINNINGS = 1

type Options = Pick<GaleraOptions, 'sync-wait' | 'isolation' | 'snapshot-isolation' | 'flush'>

const waits = ({ 'sync-wait': mask }: Options): boolean => (mask & READS_AND_BEGINNINGS) !== 0

const levelOf = ({ isolation, 'snapshot-isolation': refuses }: Options): PromiseName =>
  isolation === 'repeatable-read' && refuses ? 'snapshot-isolation' : 'read-committed'

/**
 * All nodes apply all transactions in one order. Who waits reads the newest state, and else an older one. A change that was not
 * made, since the state ruled it out, is a read, too: no more than `eventual` is then left of it.
 */
const consistencyOf = (options: Options): Claims['consistency'] => {
  const read: PromiseName = waits(options) ? 'linearizable' : 'consistent-prefix'
  const maybe: PromiseName = waits(options) ? 'linearizable' : 'eventual'
  return {
    [REGISTER.name]: { read, write: 'linearizable', cas: maybe },
    [SET.name]: { read, add: 'linearizable' },
    [COUNTER.name]: { read, add: 'linearizable' },
    [BANK.name]: { read, transfer: maybe },
    [LIST_APPEND.name]: levelOf(options),
    [RW_REGISTER.name]: levelOf(options),
  }
}

/**
 * "No transaction is lost": a commit is on all nodes of the primary component when it is acknowledged, and with `flush=1` on the
 * disk of its own. Otherwise the log of the last second is lost: with 0 when the process dies, with 2 when the power fails. If one
 * node stays alive it still has it, and if all crash at about the same time nobody has: so nothing is claimed of that.
 */
const toleratesWith = ({ flush }: Options): Claims['tolerates'] => ({
  partition: 'any',
  omission: 'any',
  timing: 'any',
  pause: 'any',
  clock: 'any',
  ...(flush === 0 ? {} : { kill: 'any' }),
  ...(flush === 1 ? { 'power-loss': 'any' } : {}),
})

export const claimsOf = (options: Options): Claims => ({
  source:
    'MariaDB documentation, "InnoDB System Variables", "Galera Cluster System Variables" (wsrep_sync_wait) and "What is MariaDB Galera Cluster?" (no lost transactions); Galera documentation, "Isolation Levels" and "Certification-Based Replication"',
  consistency: consistencyOf(options),
  // Outside the primary component every statement is refused. Before a node notices that it is outside, a read that waits has no answer.
  ...(waits(options) ? { minority: 'refuse' } : {}),
  neverPanics: true,
  logPatterns: {
    corruption: '\\[ERROR\\] InnoDB: (?:Database page corruption|Corruption|Page .* checksum)',
    inconsistency: 'Inconsistency detected: Inconsistent by consensus|Node consistency compromi[sz]ed',
    crash: '\\[ERROR\\] mysqld got signal (?:4|6|7|11) |\\[ERROR\\] /.*mariadbd got signal (?:4|6|7|11)',
  },
  tolerates: toleratesWith(options),
})
