/** A real run of Debian's MariaDB with Galera, as plain processes, judged by its own claims. */
import { expect, it } from 'vitest'
import { describeWith, missingLinuxRoot } from '../../harness/testing/capabilities.ts'
import { expectKept, play, summariesOf } from '../../harness/testing/play.ts'

describeWith(missingLinuxRoot(), 'MariaDB Galera', () => {
  it('loses nothing when all nodes are killed at once, and is a cluster again by itself', async () => {
    const played = await play(
      ['galera', '--env', 'namespaces'],
      '-w set -n kill --plan steady --time-limit 14s --seed 1 --nemesis-opts kill.victims=all,interval=8s,duration=1s',
    )
    expectKept(played)
    expect(played.verdict.verdicts[0]?.promise.text).toContain('read: linearizable')
    expect(played.verdict.counts.ok).toBeGreaterThan(100)
    expect(summariesOf(played, 'kill')).toMatch(/of n\d, n\d, n\d gone by SIGKILL/)
  })
})
