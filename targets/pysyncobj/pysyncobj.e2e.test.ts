/** Real runs of PySyncObj as plain processes, judged by its own claims. */
import { expect, it } from 'vitest'
import { describeWith, missingLinuxRoot, missingTool } from '../../harness/testing/capabilities.ts'
import { expectKept, play, summariesOf } from '../../harness/testing/play.ts'

const TARGET = ['pysyncobj', '--env', 'namespaces']
const KILLS = '-w register -n kill --nemesis-opts kill.interval=7s,kill.duration=2s --time-limit 22s --seed 1'
const KILLS_OF_ALL =
  '-w set -n kill --nemesis-opts kill.victims=all,kill.data=kept,kill.interval=7s,kill.duration=2s --time-limit 22s --seed 1'

describeWith(missingLinuxRoot() ?? missingTool('pip3'), 'PySyncObj', () => {
  it('keeps registers and terms under kills', async () => {
    const played = await play(TARGET, KILLS)
    expectKept(played)
    expect(played.verdict.faults.effective).toBeGreaterThanOrEqual(2)
    expect(played.verdict.counts.ok).toBeGreaterThan(300)
    expect(summariesOf(played, 'kill')).toMatch(/gone by SIGKILL .*; running again as pid \d+/)
    expect(played.verdict.verdicts.find(({ checker }) => checker === 'leadership')?.status).toBe('valid')
  })

  // With a leader beside it, a member is told the term again so soon that nobody may have seen it without.
  it('forgets its term in 0.3.15 when all are killed', async () => {
    const { verdict } = await play([...TARGET, '--target-opts', 'version=0.3.15'], KILLS_OF_ALL)
    expect(verdict.status, verdict.summary).toBe('invalid')
    expect(verdict.summary).toContain('goes back')
  })
})
