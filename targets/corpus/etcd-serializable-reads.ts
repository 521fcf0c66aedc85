import type { KnownBug } from '../../harness/api/corpus.ts'

export const etcdSerializableReads: KnownBug = {
  id: 'etcd-serializable-reads',
  system: 'etcd',
  affected: 'with serializable reads',
  fixed: 'linearizable reads, its default',
  link: 'https://etcd.io/docs/v3.4/learning/api_guarantees/',
  what: 'A member answers a serializable read by itself, and its answer is older than a write that was acknowledged before the read began.',
  kind: 'by design',
  by: 'ordinary run',
  run: { target: 'etcd', targetOpts: 'reads=serializable', expect: 'linearizable', timeLimit: '10s' },
  control: { targetOpts: 'reads=linearizable' },
  finds: ['stale read'],
  beyondDefaults: '`--expect linearizable`, because less is claimed of these reads; no fault',
}
