import type { KnownBug } from '../../harness/api/corpus.ts'

/**
 * The control also needs `fail-on-indeterminate`, which is on here: without it, what the smaller side wrote before it noticed the
 * partition counts as done. Hazelcast promises no more of the protection than that each member notices in the end, so this is
 * what it did in these runs, and no proof.
 */
export const hazelcastMerge: KnownBug = {
  id: 'hazelcast-merge',
  system: 'Hazelcast',
  affected: 'maps by default',
  fixed: 'split-brain protection by a majority',
  link: 'https://docs.hazelcast.com/hazelcast/latest/network-partitioning/split-brain-recovery',
  what: 'Both sides of a partition go on changing an entry of a map, and when they meet again the merge policy keeps one of the two values and drops what the other side had acknowledged.',
  kind: 'by design',
  by: 'ordinary run',
  run: {
    target: 'hazelcast',
    targetOpts: 'sets=entry,suspect-after=2s,merge-delay=2s',
    workload: 'set',
    nemesis: 'partition',
    nemesisOpts: 'shapes=one,duration=8s,interval=14s',
    timeLimit: '25s',
    recoveryTimeout: '60s',
  },
  control: { targetOpts: 'sets=entry,protection=majority,suspect-after=2s,merge-delay=2s' },
  finds: ['lost element'],
  beyondDefaults:
    'partitions, which `-n all` leaves out because nothing is claimed under them; they outlast `suspect-after`; and a set in one entry, because two entries with different keys do not conflict',
}
