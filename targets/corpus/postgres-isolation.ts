/** What PostgreSQL's weaker levels of isolation let happen, without any fault. */
import type { KnownBug } from '../../harness/api/corpus.ts'

const system = 'PostgreSQL'
const link = 'https://www.postgresql.org/docs/15/transaction-iso.html'

export const postgresLostUpdate: KnownBug = {
  id: 'postgres-lost-update',
  system,
  affected: 'at read committed, its default',
  fixed: 'repeatable read',
  link,
  what: 'Two transactions read the same row and both write it, and what the first has written is overwritten unseen.',
  kind: 'by design',
  by: 'ordinary run',
  run: {
    target: 'postgres',
    targetOpts: 'isolation=read-committed',
    workload: 'rw-register',
    workloadOpts: 'keys=2',
    expect: 'cursor-stability',
    concurrency: 20,
    timeLimit: '15s',
  },
  control: { targetOpts: 'isolation=repeatable-read' },
  finds: ['lost-update'],
  beyondDefaults:
    '`--expect cursor-stability`, which is read committed without lost updates, because less is claimed; and twice the clients on a third of the keys: by default, two runs of 10 s in three showed it; no fault',
}

export const postgresWriteSkew: KnownBug = {
  id: 'postgres-write-skew',
  system,
  affected: 'at repeatable read',
  fixed: 'serializable',
  link,
  what: 'Two transactions each read what the other writes, both commit, and no order of the two explains what they read.',
  kind: 'by design',
  by: 'ordinary run',
  run: {
    target: 'postgres',
    targetOpts: 'isolation=repeatable-read',
    workload: 'list-append',
    expect: 'repeatable-read',
    timeLimit: '10s',
  },
  control: { targetOpts: 'isolation=serializable' },
  finds: ['G2-item'],
  beyondDefaults:
    '`--expect repeatable-read`, which is that of Adya and has no write skew: what PostgreSQL calls so is snapshot isolation; no fault',
}
