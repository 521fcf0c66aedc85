/** Real runs of NATS, in containers and as plain processes, judged by its own claims. */
import { expect, it } from 'vitest'
import { describeWith, isFull, missingLinuxRoot, missingTool } from '../../harness/testing/capabilities.ts'
import { expectKept, type Played, play, summariesOf } from '../../harness/testing/play.ts'

const NAMESPACES = ['nats', '--env', 'namespaces', '--target-opts']

const expectUsed = ({ verdict }: Played): void => {
  expect(verdict.faults.effective).toBeGreaterThanOrEqual(2)
  expect(verdict.counts.ok).toBeGreaterThan(300)
}

describeWith(missingLinuxRoot() ?? missingTool('pip3'), 'NATS', () => {
  it('keeps registers of its key-value store in containers, under partitions and kills', async () => {
    const played = await play(
      ['nats', '--env', 'docker'],
      '-w register -n kill,partition --time-limit 40s --seed 3 --nemesis-opts interval=12s,duration=2s',
    )
    expectKept(played)
    expectUsed(played)
    expect(played.verdict.verdicts[0]?.promise.text).toContain('write: linearizable')
    expect(summariesOf(played, 'kill')).toMatch(
      /pid \d+.* of n\d.* gone by SIGKILL .*; running again as pid \d+/,
    )
  })

  it('hands out every message of a queue, and reads replicas by themselves, as plain processes', async () => {
    const queue = await play(
      [...NAMESPACES, 'version=2.12.1'],
      '-w queue --workload-opts per-key=1000 --time-limit 10s --seed 1',
    )
    expectKept(queue)
    expect(queue.verdict.counts.ok).toBeGreaterThan(300)
    const set = await play([...NAMESPACES, 'reads=direct'], '-w set --time-limit 10s --seed 1')
    expectKept(set)
    expect(set.verdict.counts.ok).toBeGreaterThan(300)
  })

  // As the corpus shows over several seeds (nats-power-loss).
  if (isFull)
    it('loses acknowledged messages when all servers lose power, and claims nothing else, unless it syncs each', async () => {
      const flags =
        '-w set -n disk --nemesis-opts disk.modes=power-loss,disk.survival=nothing,disk.victims=all,disk.interval=15s --time-limit 35s --seed 1'
      const lost = await play([...NAMESPACES, 'version=2.12.1'], flags)
      expect(lost.verdict.status, lost.verdict.summary).toBe('unknown')
      expect(lost.verdict.outsideClaims).toBe(true)
      expect(lost.verdict.verdicts.find(({ checker }) => checker === 'set')?.status).toBe('invalid')
      const kept = await play([...NAMESPACES, 'version=2.12.1,sync=always'], flags)
      expectKept(kept)
      expectUsed(kept)
    })
})
