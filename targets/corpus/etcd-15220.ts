import type { KnownBug } from '../../harness/api/corpus.ts'

export const etcd15220: KnownBug = {
  id: 'etcd-15220',
  system: 'etcd',
  affected: '3.4 to 3.4.24 and 3.5 to 3.5.7',
  fixed: '3.5.8',
  link: 'https://github.com/etcd-io/etcd/issues/15220',
  what: 'A progress notification that a watcher asks for names a revision whose events have not been told to it.',
  kind: 'bug',
  by: 'ordinary run',
  run: {
    target: 'etcd',
    targetOpts: 'version=3.4.23,progress=requested',
    workload: 'watch',
    timeLimit: '20s',
  },
  control: { targetOpts: 'version=3.5.8,progress=requested' },
  finds: ['missed event'],
  beyondDefaults: 'watchers that ask how far they came (`progress=requested`); no fault',
}
