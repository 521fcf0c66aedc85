/** Real runs of the bundled store over shards: five processes with real sockets, disks and faults. */
import { expect, it } from 'vitest'
import { describeWith, isFull, missingLinuxRoot } from '../../harness/testing/capabilities.ts'
import { itHasCard } from '../../harness/testing/cards.ts'
import { itCatches } from '../../harness/testing/caught.ts'
import { expectKept, type Played, play, summariesOf } from '../../harness/testing/play.ts'
import { bugs } from './bugs/bugs.ts'

const COMMIT = ['commit', '--env', 'namespaces']

/** A bug that shows in nearly every run: that of the short form. The long form looks for all, with three seeds each. */
const SURE = 'prepares-twice'

const killing = (coordinator: string, timeLimit: string): string =>
  `-w bank -n kill --nemesis-opts victims=one,patterns=at-once,interval=4s,duration=3s --rate 100 --concurrency 20 --target-opts coordinator=${coordinator} --time-limit ${timeLimit}`

/** How long a node was in doubt, in ms, about a transaction whose coordinator was another one that was killed in the run. */
const longestForVictims = ({ record, faults }: Played): number => {
  const killed = new Set(faults.flatMap(({ victims }) => victims))
  const doubts = (record.samples ?? []).flatMap(({ node, status }) =>
    (status?.transactions ?? [])
      .filter(({ coordinator }) => coordinator !== node && killed.has(coordinator))
      .map(({ inDoubtMs = 0 }) => inDoubtMs),
  )
  return doubts.reduce((a, b) => Math.max(a, b), 0)
}

describeWith(missingLinuxRoot(), 'the bundled store over shards', () => {
  it('keeps its promises through partitions, kills and power losses, and tells who was in doubt', async () => {
    const options =
      'kill.victims=one,disk.modes=power-loss,disk.survival=nothing,disk.victims=all,interval=4s,duration=1s'
    const flags = `-w bank -n partition,kill,disk --nemesis-opts ${options} --target-opts compact-every=50 --time-limit 12s --seed 5`
    const played = await play(COMMIT, flags)
    expectKept(played)
    expect(played.verdict.counts.ok).toBeGreaterThan(50)
    for (const nemesis of ['partition', 'kill', 'disk'])
      expect(summariesOf(played, nemesis), nemesis).not.toBe('')
    const commitment = played.verdict.verdicts.find(({ checker }) => checker === 'atomic-commitment')
    expect(commitment).toMatchObject({ status: 'valid', details: { decided: expect.any(Number) } })
    expect(Number(commitment?.details.decided)).toBeGreaterThan(50)
  })

  it('with a replicated coordinator, nobody is in doubt for longer than claimed', async () => {
    const played = await play(COMMIT, `${killing('replicated', '12s')} --seed 3`)
    expectKept(played)
    const judged = played.verdict.verdicts.find(({ checker }) => checker === 'blocking')
    expect(judged?.status, judged?.summary).toBe('valid')
    expect(Number(judged?.details.doubts)).toBeGreaterThan(10)
    expect(summariesOf(played, 'kill')).toContain('running again')
  })

  if (isFull)
    it('with a single one, others wait until it is back: two-phase commit blocks', async () => {
      // At some of the kills, something is in doubt.
      const played = await play(COMMIT, `${killing('single', '40s')} --seed 3`)
      expectKept(played)
      expect(longestForVictims(played)).toBeGreaterThan(1500)
    })

  itHasCard('commit')
  itCatches('commit', bugs, [SURE])
})
