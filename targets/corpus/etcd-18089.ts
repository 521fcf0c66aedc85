import type { KnownBug } from '../../harness/api/corpus.ts'

export const etcd18089: KnownBug = {
  id: 'etcd-18089',
  system: 'etcd',
  affected: '3.4 and 3.5 to 3.5.15',
  fixed: '3.5.16',
  link: 'https://github.com/etcd-io/etcd/issues/18089',
  what: 'A watch that begins at the revision up to which the store is compacted does not tell of the deletion at that revision.',
  kind: 'bug',
  by: 'ordinary run',
  run: {
    target: 'etcd',
    targetOpts: 'version=3.4.23,compaction=often',
    workload: 'watch',
    timeLimit: '20s',
  },
  control: { targetOpts: 'version=3.5.16,compaction=often' },
  finds: ['missed event'],
  beyondDefaults: 'clients that compact the store (`compaction=often`); no fault',
}
