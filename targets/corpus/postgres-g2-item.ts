import type { KnownBug } from '../../harness/api/corpus.ts'

export const postgresG2Item: KnownBug = {
  id: 'postgres-g2-item',
  system: 'PostgreSQL',
  affected: '9.1 to 12.3',
  fixed: '12.4; the control is 12.10',
  link: 'https://jepsen.io/analyses/postgresql-12.3',
  what: 'Serializable transactions miss a row that another one has inserted and a third one has updated meanwhile, and both commit: write skew.',
  kind: 'bug',
  by: 'ordinary run',
  run: {
    target: 'postgres',
    targetOpts: 'version=12.3',
    nodes: 1,
    workload: 'list-append',
    workloadOpts: 'keys=4,per-key=4,length=6',
    concurrency: 20,
    rate: 0,
    timeLimit: '90s',
  },
  control: { targetOpts: 'version=12.10' },
  finds: ['G2-item', 'G-update'],
  beyondDefaults:
    'few keys that are replaced after 4 operations, since only the first write of a key inserts its row, longer transactions, and as many transactions as the server takes (`--rate 0 --concurrency 20`)',
}
