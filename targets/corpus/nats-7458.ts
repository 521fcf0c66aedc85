import type { KnownBug } from '../../harness/api/corpus.ts'

/**
 * NATS documents no time of recovery, so the run asks for one, where nothing ever went wrong. It waits six times as long, since
 * what a busy machine may have taken away does not count.
 */
export const nats7458: KnownBug = {
  id: 'nats-7458',
  system: 'NATS JetStream',
  affected: '2.12.0 and 2.12.1',
  fixed: '2.12.2',
  link: 'https://github.com/nats-io/nats-server/pull/7458',
  what: 'A server to which messages are written while it answers a batched direct get stops for good: it answers nobody any more until it is killed.',
  kind: 'bug',
  by: 'ordinary run',
  run: {
    target: 'nats',
    targetOpts: 'version=2.12.1,reads=direct,recovers-within=10s',
    workload: 'set',
    timeLimit: '40s',
    recoveryTimeout: '60s',
  },
  control: { targetOpts: 'version=2.12.2,reads=direct,recovers-within=10s' },
  finds: ['recovery'],
  beyondDefaults: 'reads of the nearest replica (`reads=direct`), and a time for its recovery; no fault',
}
