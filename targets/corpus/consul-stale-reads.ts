import type { KnownBug } from '../../harness/api/corpus.ts'

export const consulStaleReads: KnownBug = {
  id: 'consul-stale-reads',
  system: 'Consul',
  affected: 'in the mode stale',
  fixed: 'the mode consistent',
  link: 'https://developer.hashicorp.com/consul/api-docs/features/consistency',
  what: 'A server answers a read by itself, and its answer is older than a write that was acknowledged before the read began.',
  kind: 'by design',
  by: 'ordinary run',
  run: { target: 'consul', targetOpts: 'mode=stale', expect: 'linearizable', timeLimit: '10s' },
  control: { targetOpts: 'mode=consistent' },
  finds: ['stale read', 'linearizability'],
  beyondDefaults: '`--expect linearizable`, because less is claimed of these reads; no fault',
}
