/** A real run of jgroups-raft as plain processes, judged by its own claims. */
import { expect, it } from 'vitest'
import { describeWith, missingLinuxRoot, missingTool } from '../../harness/testing/capabilities.ts'
import { expectKept, play, summariesOf } from '../../harness/testing/play.ts'

describeWith(missingLinuxRoot() ?? missingTool('mvn') ?? missingTool('javac'), 'jgroups-raft', () => {
  it('keeps registers and terms when members are killed', async () => {
    const played = await play(
      ['jgroups-raft', '--env', 'namespaces'],
      '-w register -n kill --nemesis-opts kill.victims=one,kill.data=kept,kill.interval=9s,kill.duration=2s --time-limit 24s --seed 1',
    )
    expectKept(played)
    expect(played.verdict.faults.effective).toBeGreaterThanOrEqual(1)
    expect(played.verdict.counts.ok).toBeGreaterThan(300)
    expect(summariesOf(played, 'kill')).toMatch(/gone by SIGKILL .*; running again as pid \d+/)
  })
})
