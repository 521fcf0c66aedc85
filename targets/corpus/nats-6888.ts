import type { KnownBug } from '../../harness/api/corpus.ts'

export const nats6888: KnownBug = {
  id: 'nats-6888',
  system: 'NATS JetStream',
  affected: '2.10.20 to 2.10.22',
  fixed: '2.10.23',
  link: 'https://github.com/nats-io/nats-server/issues/6888',
  what: 'When all servers were killed and started again, the stream with all its messages is gone, although each is synced.',
  kind: 'bug',
  by: 'ordinary run',
  // In 2.10.22 some of it was mended (pull request 5946).
  run: {
    target: 'nats',
    targetOpts: 'version=2.10.20,sync=always',
    workload: 'set',
    nemesis: 'kill',
    nemesisOpts: 'kill.victims=all,kill.interval=20s,kill.data=kept',
    timeLimit: '70s',
    // On a busy machine, an election of NATS takes more than once its 4 to 9 s.
    recoveryTimeout: '90s',
  },
  control: { targetOpts: 'version=2.10.23,sync=always' },
  finds: ['lost element'],
  // There it lost 10, 11 and 1094 of some 4000 elements, and all of 4711, in four seeds; 2.10.23 and 2.15.1 lost none with the last
  // of these.
  beyondDefaults:
    'kills of all servers from the first seconds on, before the log of names has a snapshot: `-n all` does so at its end, and finds another loss of 2.10.20',
}
