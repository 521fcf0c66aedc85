/** Real failovers of Debian's Redis by Sentinel, in containers and as plain processes. */
import { expect, it } from 'vitest'
import { describeWith, isFull, missingLinuxRoot } from '../../harness/testing/capabilities.ts'
import { play, summariesOf } from '../../harness/testing/play.ts'
import { workloads } from '../../workloads/index.ts'
import { redisSentinel } from './target.ts'

const SENTINEL = (environment: string): readonly string[] => ['redis-sentinel', '--env', environment]

describeWith(missingLinuxRoot(), 'Redis with Sentinel', () => {
  it.concurrent.each(['namespaces', 'docker'])(
    'another node becomes the primary when it is killed, in an epoch of its own: %s',
    async (environment) => {
      const played = await play(
        SENTINEL(environment),
        '-w election -n kill --nemesis-opts kill.victims=leader,interval=6s,duration=3s --time-limit 20s --seed 1',
      )
      const { verdict, record } = played
      expect(verdict.status, verdict.summary).toBe('valid')
      expect(verdict.outsideClaims).toBe(false)
      expect(record.facts?.leaderChanges.length).toBeGreaterThan(0)
      // Redis and Sentinel are both killed, and both come back.
      expect(summariesOf(played, 'kill')).toMatch(/pid \d+, \d+ of n\d gone .* running again as pid \d+, \d+/)
      expect(record.facts?.recovery?.notReady).toEqual([])
    },
  )

  it.concurrent('acknowledges writes only if WAIT confirms them, and keeps them while nothing fails', async () => {
    const { verdict } = await play(
      SENTINEL('namespaces'),
      '-w list-append --target-opts wait=2,min-replicas-to-write=2 --time-limit 8s --seed 2',
    )
    expect(verdict.status, verdict.summary).toBe('valid')
    expect(verdict.counts.ok).toBeGreaterThan(50)
  })

  const spoken = Object.values(workloads).filter(({ vocabulary }) => vocabulary.name in redisSentinel.clients)

  it.concurrent.each(isFull ? spoken.map(({ name }) => name) : ['protected-lock'])(
    'while nothing fails, it keeps what it claims: %s',
    async (workload) => {
      const { verdict } = await play(
        SENTINEL('namespaces'),
        `-w ${workload} --target-opts sink=deduplicating --time-limit 6s --seed 4`,
      )
      expect(verdict.status, verdict.summary).toBe('valid')
    },
  )

  it.concurrent('what a failover loses is told, and not held against it: it claims to keep nothing', async () => {
    const { verdict, record } = await play(
      SENTINEL('namespaces'),
      '-w set -n partition --nemesis-opts partition.shapes=leader,interval=8s,duration=5s --time-limit 24s --seed 3',
    )
    expect(verdict.status, verdict.summary).not.toBe('invalid')
    expect(verdict.outsideClaims).toBe(true)
    expect(record.facts?.leaderChanges.length).toBeGreaterThan(0)
  })
})
