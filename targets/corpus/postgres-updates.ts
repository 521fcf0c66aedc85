/** What updates of rows that others change meanwhile did wrong until November 2025. 18.0 shows neither. */
import type { KnownBug } from '../../harness/api/corpus.ts'

const system = 'PostgreSQL'
const link = 'https://www.postgresql.org/docs/release/17.7/'

export const postgresTidScan: KnownBug = {
  id: 'postgres-tid-scan',
  system,
  affected: 'all to 17.6',
  fixed: '17.7',
  link,
  what: 'A statement that updates a row by its place waits for another session that updates it, and then changes the new version although that is at another place, so two sessions both take what was free.',
  kind: 'bug',
  by: 'ordinary run',
  run: {
    target: 'postgres',
    targetOpts: 'version=17.6,claim=place',
    nodes: 1,
    workload: 'lock',
    timeLimit: '20s',
  },
  control: { targetOpts: 'version=17.7,claim=place' },
  finds: ['two holders'],
  beyondDefaults:
    'locks that are taken by one statement that updates a row by its `ctid` (`claim=place`); no fault',
}

export const postgresMerge: KnownBug = {
  id: 'postgres-merge',
  system,
  affected: '15.0 to 17.6',
  fixed: '17.7',
  link,
  what: 'If a row that MERGE updates is changed more than once by others meanwhile, MERGE may take a wrong version for the latest one, and what was added in between is lost.',
  kind: 'bug',
  by: 'ordinary run',
  run: {
    target: 'postgres',
    targetOpts: 'version=17.6,upsert=merge',
    nodes: 1,
    workload: 'counter',
    concurrency: 20,
    rate: 1000,
    timeLimit: '10s',
  },
  control: { targetOpts: 'version=17.7,upsert=merge' },
  finds: ['counter'],
  beyondDefaults:
    'counters that are added to by MERGE (`upsert=merge`); twice the clients at five times the rate: by default, one run of 20 s in seven missed it; no fault',
}
