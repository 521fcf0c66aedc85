import type { KnownBug } from '../../harness/api/corpus.ts'

/**
 * Partitions alone: Debian's 3.8.0 loses acknowledged writes if servers start again (ZOOKEEPER-4712). A sink that compares tokens
 * is no control: it turns the former holder down when it acts again, but both are inside.
 */
export const zookeeperEphemeralLock: KnownBug = {
  id: 'zookeeper-ephemeral-lock',
  system: 'ZooKeeper',
  affected: 'with locks that end with their sessions',
  fixed: 'locks that only their holders end',
  link: 'https://zookeeper.apache.org/doc/r3.8.0/recipes.html',
  what: 'The session of a holder expires while its server is cut off, and a second owner enters what the lock protects before the first has left.',
  kind: 'by design',
  by: 'ordinary run',
  run: {
    target: 'zookeeper',
    targetOpts: 'locks=ephemeral,sink=naive,session-timeout=500ms,tick-time=250ms',
    workload: 'protected-lock',
    workloadOpts: 'keys=5,per-key=1000000',
    nemesis: 'partition',
    nemesisOpts: 'shapes=one,interval=5s,duration=3s',
    expect: 'exclusive',
    timeLimit: '60s',
  },
  control: { targetOpts: 'locks=persistent,sink=naive,session-timeout=500ms,tick-time=250ms' },
  finds: ['two holders'],
  beyondDefaults:
    '`--expect exclusive`, because such locks are claimed as fenced only; sessions shorter than a holder stays; and `per-key`: by default, owners that wait for a lock leave it after 40 refusals, so that nobody is there to take it',
}
