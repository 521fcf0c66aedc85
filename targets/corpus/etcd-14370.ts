import type { KnownBug } from '../../harness/api/corpus.ts'

export const etcd14370: KnownBug = {
  id: 'etcd-14370',
  system: 'etcd',
  affected: '3.5.0 to 3.5.4',
  fixed: '3.5.5',
  link: 'https://github.com/etcd-io/etcd/issues/14370',
  what: 'A member that is alone applies and acknowledges a write while it still saves the log entry, so a power loss takes what was acknowledged.',
  kind: 'bug',
  by: 'ordinary run',
  run: {
    target: 'etcd',
    targetOpts: 'version=3.5.1',
    nodes: 1,
    workload: 'set',
    nemesis: 'disk',
    nemesisOpts: 'disk.modes=power-loss,disk.survival=nothing,disk.interval=6s',
    timeLimit: '40s',
  },
  control: { targetOpts: 'version=3.5.5' },
  finds: ['lost element'],
  beyondDefaults: 'a cluster of one member, and a set: then `-n all` finds it too (1 of 1; 3.5.5 was valid)',
}
