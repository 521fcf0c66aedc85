import type { KnownBug } from '../../harness/api/corpus.ts'

/** The mended version is of another minor release, since none of 3.6 has it mended so far: both run with the same options. */
export const etcd18667: KnownBug = {
  id: 'etcd-18667',
  system: 'etcd',
  affected: '3.4 to 3.6',
  fixed: '3.7.0',
  link: 'https://github.com/etcd-io/etcd/issues/18667',
  what: 'A transaction that writes, and reads at a revision that is compacted meanwhile, fails on the member that its client asked and is applied on all others, so the members differ for good.',
  kind: 'bug',
  by: 'ordinary run',
  run: {
    target: 'etcd',
    targetOpts: 'version=3.6.16,compaction=often,writes=pinned',
    workload: 'register',
    timeLimit: '20s',
  },
  control: { targetOpts: 'version=3.7.3,compaction=often,writes=pinned' },
  finds: ['diverging replicas'],
  beyondDefaults:
    'clients that compact the store (`compaction=often`) and writes that read an earlier revision (`writes=pinned`); no fault',
}
