/** A real run of Kafka as plain processes, judged by its own claims. */
import { expect, it } from 'vitest'
import { describeWith, missingLinuxRoot, missingTool } from '../../harness/testing/capabilities.ts'
import { expectKept, play, summariesOf } from '../../harness/testing/play.ts'

describeWith(missingLinuxRoot() ?? missingTool('mvn') ?? missingTool('java'), 'Kafka', () => {
  it('keeps what a killed leader has acknowledged', async () => {
    const played = await play(
      ['kafka', '--env', 'namespaces'],
      '-w set -n kill --nemesis-opts kill.victims=leader,kill.data=kept,kill.interval=9s,kill.duration=2s --time-limit 20s --seed 1',
    )
    expectKept(played)
    expect(played.verdict.faults.effective).toBeGreaterThanOrEqual(1)
    expect(played.verdict.counts.ok).toBeGreaterThan(300)
    expect(played.verdict.verdicts[0]?.promise.text).toContain('add: linearizable')
    expect(summariesOf(played, 'kill')).toMatch(/gone by SIGKILL .*; running again as pid \d+/)
  })
})
