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
    nemesisOpts: 'kill.victims=all,kill.interval=12s,kill.data=kept',
    timeLimit: '60s',
  },
  control: { targetOpts: 'version=2.10.23,sync=always' },
  finds: ['lost element'],
  beyondDefaults: null,
}
