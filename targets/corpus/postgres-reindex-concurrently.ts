import type { KnownBug } from '../../harness/api/corpus.ts'

export const postgresReindexConcurrently: KnownBug = {
  id: 'postgres-reindex-concurrently',
  system: 'PostgreSQL',
  affected: '14.0 to 14.3',
  fixed: '14.4; the control is 14.5',
  link: 'https://www.postgresql.org/docs/release/14.4/',
  what: 'While an index is built concurrently, versions of rows that it still needs are removed, so rows that are updated meanwhile are missing from it, and reads through it do not find them.',
  kind: 'bug',
  by: 'ordinary run',
  run: {
    target: 'postgres',
    targetOpts: 'version=14.3,reindex=concurrently',
    nodes: 1,
    timeLimit: '20s',
  },
  control: { targetOpts: 'version=14.5,reindex=concurrently' },
  finds: ['linearizability'],
  beyondDefaults: 'the option that rebuilds the index of the registers, in a table with many other rows',
}
