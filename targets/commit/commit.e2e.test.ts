/** Real runs of the bundled store over shards: five processes with real sockets, disks and faults. */
import { expect, it } from 'vitest'
import { describeWith, missingLinuxRoot } from '../../harness/testing/capabilities.ts'
import { itCatches } from '../../harness/testing/caught.ts'
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

  itCatches('commit', bugs, [SURE])
})
