/** Real runs of the bundled store over shards: five processes with real sockets, disks and faults. */
import { expect, it } from 'vitest'
import { describeWith, isFull, missingLinuxRoot, sized } from '../../harness/testing/capabilities.ts'
import { type FinishedRun, run, temporaryFolder } from '../../harness/testing/command.ts'
import { expectKept, play, summariesOf } from '../../harness/testing/play.ts'
import { bugs } from './bugs/bugs.ts'

const COMMIT = ['commit', '--env', 'namespaces']

/** A bug that shows in nearly every run: that of the short form. The long form looks for all, with three seeds each. */
const SURE = 'prepares-twice'

describeWith(missingLinuxRoot(), 'the bundled store over shards', () => {
  it('keeps its promises through partitions, kills and power losses, and tells who was in doubt', async () => {
    const options =
      'kill.victims=one,disk.modes=power-loss,disk.survival=nothing,disk.victims=all,interval=4s,duration=1s'
    const flags = `-w bank -n partition,kill,disk --nemesis-opts ${options} --target-opts compact-every=50 --time-limit 12s --seed 5`
    const played = await play(COMMIT, flags)
    expectKept(played)
    expect(played.verdict.counts.ok).toBeGreaterThan(100)
    for (const nemesis of ['partition', 'kill', 'disk'])
      expect(summariesOf(played, nemesis), nemesis).not.toBe('')
    const commitment = played.verdict.verdicts.find(({ checker }) => checker === 'atomic-commitment')
    expect(commitment).toMatchObject({ status: 'valid', details: { decided: expect.any(Number) } })
    expect(Number(commitment?.details.decided)).toBeGreaterThan(50)
  })

  for (const { name, workload, realRun } of bugs) {
    if ('none' in realRun || !(isFull || name === SURE)) continue
    it(`--bug ${name} is caught`, async () => {
      using folder = temporaryFolder()
      const found: FinishedRun[] = []
      for (let seed = 1; seed <= sized(1, 3); seed++) {
        const args = [...COMMIT, '--bug', name, '-w', workload, ...realRun.args.split(' ')]
        const ends = isFull ? [] : ['--fail-fast']
        const finished = await run(folder.path, [...args, ...ends, '--seed', String(seed)])
        if (finished.exitCode === 1) found.push(finished)
      }
      expect(found.length).toBeGreaterThan(0)
      expect(found[0]?.verdict.status).toBe('invalid')
      expect(
        found[0]?.verdict.verdicts.some(
          ({ status, evidence }) => status === 'invalid' && evidence.length > 0,
        ),
      ).toBe(true)
    })
  }
})
