import type { KnownBug } from '../../harness/api/corpus.ts'

export const galeraFlush: KnownBug = {
  id: 'galera-flush',
  system: 'MariaDB Galera',
  affected: 'with innodb_flush_log_at_trx_commit 0, as Galera’s documentation recommends',
  fixed: 'innodb_flush_log_at_trx_commit 1',
  link: 'https://jepsen.io/blog/2026-03-16-mariadb-galera-cluster-12.1.2',
  what: 'Transactions of the last second are acknowledged when all nodes have them in memory, and lost when all processes die.',
  kind: 'by design',
  by: 'ordinary run',
  run: {
    target: 'galera',
    targetOpts: 'flush=0',
    workload: 'set',
    nemesis: 'kill',
    nemesisOpts: 'kill.victims=all,kill.interval=15s',
    timeLimit: '30s',
  },
  control: { targetOpts: 'flush=1' },
  finds: ['lost element'],
  beyondDefaults:
    'a kill of all nodes at once, which `-n all` leaves out because the claims do not tolerate it',
}
