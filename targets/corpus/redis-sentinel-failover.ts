import type { KnownBug } from '../../harness/api/corpus.ts'

/**
 * `min-replicas-to-write` and `WAIT` make the loss smaller, and their own pages say that they do not prevent it. So the control
 * has no failover: it is a single server, which syncs each write before it acknowledges it, under the same kills.
 */
export const redisSentinelFailover: KnownBug = {
  id: 'redis-sentinel-failover',
  system: 'Redis Sentinel',
  affected: 'with its asynchronous replication',
  fixed: 'a single server, without failover',
  link: 'https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/',
  what: 'A primary that was killed comes back after a replica was promoted, acknowledges writes until it is demoted, and then discards them.',
  kind: 'by design',
  by: 'ordinary run',
  run: {
    target: 'redis-sentinel',
    workload: 'set',
    nemesis: 'kill',
    nemesisOpts: 'victims=leader,duration=2s',
    timeLimit: '25s',
  },
  control: { target: 'redis' },
  finds: ['lost element'],
  beyondDefaults:
    'kills of the primary that outlast a failover, and a set, of which every element is read at the end; registers show it too, as stale reads. `-n all` with registers was valid in 40 s (one seed)',
}
