/** What Galera's defaults let happen, without any fault. */
import type { KnownBug } from '../../harness/api/corpus.ts'

const system = 'MariaDB Galera'
const link = 'https://jepsen.io/blog/2026-03-16-mariadb-galera-cluster-12.1.2'

export const galeraStaleReads: KnownBug = {
  id: 'galera-stale-reads',
  system,
  affected: 'with wsrep_sync_wait 0, its default',
  fixed: 'wsrep_sync_wait 1',
  link,
  what: 'A node answers a read by itself, and its answer is older than a write that was acknowledged before the read began.',
  kind: 'by design',
  by: 'ordinary run',
  run: {
    target: 'galera',
    targetOpts: 'sync-wait=0',
    workloadOpts: 'questions=1',
    expect: 'linearizable',
    concurrency: 20,
    rate: 1000,
    timeLimit: '10s',
  },
  control: { targetOpts: 'sync-wait=1' },
  finds: ['stale read', 'linearizability'],
  beyondDefaults:
    '`--expect linearizable`, because less is claimed of these reads; and five times the load, with all nodes asked after each change: by default it showed in two of five runs of 10 s; no fault',
}

export const galeraLostUpdate: KnownBug = {
  id: 'galera-lost-update',
  system,
  affected: 'at repeatable read, with innodb_snapshot_isolation off, the default of 10.11',
  fixed: 'innodb_snapshot_isolation on',
  link,
  what: 'Two transactions of one node read the same list and both append to it, and neither has seen what the other appends.',
  kind: 'by design',
  by: 'ordinary run',
  run: {
    target: 'galera',
    targetOpts: 'snapshot-isolation=false',
    workload: 'list-append',
    expect: 'cursor-stability',
    concurrency: 20,
    rate: 1000,
    timeLimit: '15s',
  },
  control: { targetOpts: 'snapshot-isolation=true' },
  finds: ['lost-update'],
  beyondDefaults:
    '`--expect cursor-stability`, which is read committed without lost updates, because less is claimed; and twice the clients at five times the rate; no fault',
}
