/** A real run of Hazelcast as plain processes, judged by its own claims. */
import { expect, it } from 'vitest'
import { describeWith, missingLinuxRoot, missingTool } from '../../harness/testing/capabilities.ts'
import { expectKept, play, summariesOf } from '../../harness/testing/play.ts'

describeWith(missingLinuxRoot() ?? missingTool('mvn') ?? missingTool('javac'), 'Hazelcast', () => {
  it('keeps what a killed member has acknowledged on its backups', async () => {
    const played = await play(
      ['hazelcast', '--env', 'namespaces'],
      '-w set -n kill --nemesis-opts kill.victims=one,kill.interval=8s,kill.duration=2s,kill.patterns=at-once,kill.data=kept --time-limit 16s --seed 1',
    )
    expectKept(played)
    expect(played.verdict.faults.effective).toBeGreaterThanOrEqual(1)
    expect(played.verdict.counts.ok).toBeGreaterThan(300)
    expect(summariesOf(played, 'kill')).toMatch(/gone by SIGKILL .*; running again as pid \d+/)
  })
})
