import type { KnownBug } from '../../harness/api/corpus.ts'

/**
 * Without any fault: Debian's 3.8.0 loses acknowledged writes under some (ZOOKEEPER-4712). A read that is older than an earlier
 * one, while the write between them is under way, breaks linearizability by nothing that has a name of its own.
 */
export const zookeeperFollowerReads: KnownBug = {
  id: 'zookeeper-follower-reads',
  system: 'ZooKeeper',
  affected: 'with plain reads, its default',
  fixed: 'sync before each read',
  link: 'https://zookeeper.apache.org/doc/r3.8.0/zookeeperInternals.html',
  what: 'A server answers a read by itself, and its answer is older than a write that was acknowledged before the read began.',
  kind: 'by design',
  by: 'ordinary run',
  run: {
    target: 'zookeeper',
    targetOpts: 'reads=plain',
    workloadOpts: 'questions=1',
    expect: 'linearizable',
    concurrency: 20,
    rate: 1000,
    timeLimit: '10s',
  },
  control: { targetOpts: 'reads=sync' },
  finds: ['stale read', 'linearizability'],
  beyondDefaults:
    '`--expect linearizable`, because less is claimed of these reads; and five times the load, with all servers asked after each change: by default it showed in one of two runs of 10 s; no fault',
}
