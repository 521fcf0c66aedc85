/** A real run of Consul, built by Go, as plain processes, judged by its own claims. */
import { expect, it } from 'vitest'
import { describeWith, missingLinuxRoot, missingTool } from '../../harness/testing/capabilities.ts'
import { expectKept, play, summariesOf } from '../../harness/testing/play.ts'

describeWith(missingLinuxRoot() ?? missingTool('go'), 'Consul', () => {
  it('keeps locks exclusive while its leader is cut off and killed', async () => {
    const played = await play(
      ['consul', '--env', 'namespaces'],
      '-w lock -n partition,kill --plan steady --time-limit 25s --seed 3 --nemesis-opts interval=8s,duration=3s,kill.victims=leader,partition.shapes=leader',
    )
    expectKept(played)
    expect(played.verdict.counts.ok).toBeGreaterThan(100)
    expect(played.record.facts?.leaderChanges.length).toBeGreaterThanOrEqual(1)
    expect(summariesOf(played, 'kill')).toMatch(/gone by SIGKILL .*; running again as pid \d+/)
  })
})
