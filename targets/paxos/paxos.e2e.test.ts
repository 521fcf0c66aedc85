/** Real runs of the bundled Paxos cluster: five processes with real sockets, disks and faults. */
import { expect, it } from 'vitest'
import { describeWith, missingLinuxRoot } from '../../harness/testing/capabilities.ts'
import { itHasCard } from '../../harness/testing/cards.ts'
import { itCatches } from '../../harness/testing/caught.ts'
import { expectKept, play, summariesOf } from '../../harness/testing/play.ts'
import { bugs } from './bugs/bugs.ts'

const PAXOS = ['paxos', '--env', 'namespaces']

/** A bug that shows in nearly every run: that of the short form. The long form looks for all, with three seeds each. */
const SURE = 'quorums-apart'

describeWith(missingLinuxRoot(), 'the bundled Paxos cluster', () => {
  it('keeps its promises through partitions, kills and pauses, and its leaders change', async () => {
    const options =
      'partition.shapes=leader,kill.victims=leader,pause.victims=leader,interval=3s,duration=1500ms'
    const flags = `-n partition,kill,pause --nemesis-opts ${options} --target-opts compact-every=100 --time-limit 12s --seed 5`
    const played = await play(PAXOS, flags)
    expectKept(played)
    expect(played.verdict.counts.ok).toBeGreaterThan(200)
    // The first leader, and at least one other that took its place.
    expect(played.record.facts?.leaderChanges.length).toBeGreaterThanOrEqual(2)
    for (const nemesis of ['partition', 'kill', 'pause'])
      expect(summariesOf(played, nemesis), nemesis).not.toBe('')
    const compacted = (played.record.samples ?? []).filter(({ status }) => (status?.snapshotIndex ?? 0) > 0)
    expect(compacted.length).toBeGreaterThan(0)
  })

  itHasCard('paxos')
  itCatches('paxos', bugs, [SURE])
})
