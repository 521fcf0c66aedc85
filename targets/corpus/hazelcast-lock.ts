import type { KnownBug } from '../../harness/api/corpus.ts'

/**
 * Split-brain protection alone is no control: the larger side frees the locks of a member that it leaves out, while their owners
 * believe that they hold them. So a lock of the control is an entry that only its owner removes.
 */
export const hazelcastLock: KnownBug = {
  id: 'hazelcast-lock',
  system: 'Hazelcast',
  affected: 'with locks of a map',
  fixed: 'locks that only their owners end, and split-brain protection by a majority',
  link: 'https://docs.hazelcast.com/hazelcast/latest/data-structures/locking-maps',
  what: 'During a partition each side has its own owner of a lock, and gives it to somebody.',
  kind: 'by design',
  by: 'ordinary run',
  run: {
    target: 'hazelcast',
    targetOpts: 'suspect-after=2s,merge-delay=2s',
    workload: 'lock',
    workloadOpts: 'per-key=1000000',
    nemesis: 'partition',
    nemesisOpts: 'shapes=one,duration=8s,interval=14s',
    expect: 'exclusive',
    timeLimit: '25s',
    recoveryTimeout: '60s',
  },
  control: { targetOpts: 'locks=entry,protection=majority,suspect-after=2s,merge-delay=2s' },
  finds: ['two holders'],
  beyondDefaults:
    'partitions, which `-n all` leaves out because nothing is claimed under them, and two locks for the whole run (`per-key`)',
}
