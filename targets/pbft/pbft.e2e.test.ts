/** Real runs of the bundled PBFT cluster: four processes with real sockets, disks, signatures and faults. */
import { expect, it } from 'vitest'
import { describeWith, isFull, missingLinuxRoot, sized } from '../../harness/testing/capabilities.ts'
import { itHasCard } from '../../harness/testing/cards.ts'
import { itCatches } from '../../harness/testing/caught.ts'
import { expectKept, play, summariesOf } from '../../harness/testing/play.ts'
import { bugs } from './bugs/bugs.ts'

const PBFT = ['pbft', '--env', 'namespaces']

/** A bug that shows in nearly every run: that of the short form. The long form looks for all, with three seeds each. */
const SURE = 'quorum-too-small'

describeWith(missingLinuxRoot(), 'the bundled PBFT cluster', () => {
  it('keeps its promises through partitions, kills, pauses and power losses, and its primaries change', async () => {
    const victims =
      'partition.shapes=leader,kill.victims=leader,pause.victims=leader,disk.modes=power-loss,disk.victims=all'
    const flags = `-n partition,kill,pause,disk --nemesis-opts ${victims},interval=7s,duration=1200ms --target-opts checkpoint-every=8,view-timeout=300ms,reads=proved --time-limit 18s --seed 5`
    const played = await play(PBFT, flags)
    expectKept(played)
    expect(played.verdict.counts.ok).toBeGreaterThan(100)
    // The first primary, and at least one other that took its place.
    expect(played.record.facts?.leaderChanges.length).toBeGreaterThanOrEqual(2)
    for (const nemesis of ['partition', 'kill', 'pause', 'disk'])
      expect(summariesOf(played, nemesis), nemesis).not.toBe('')
    const compacted = (played.record.samples ?? []).filter(({ status }) => (status?.snapshotIndex ?? 0) > 0)
    expect(compacted.length).toBeGreaterThan(0)
    const proofs = played.verdict.verdicts.find(({ checker }) => checker === 'proofs')
    expect(proofs?.status).toBe('valid')
  })

  it.each(isFull ? [4, 7] : [4])(
    'of %i replicas, f lie and the others keep their promises',
    async (nodes) => {
      const lies = 'victims=leader,interval=3s,duration=3s'
      const flags = `-n byzantine --nemesis-opts ${lies} --nodes ${nodes} --time-limit ${sized(9, 20)}s --seed 1`
      const played = await play(PBFT, flags)
      expectKept(played)
      expect(summariesOf(played, 'byzantine')).toContain('lies')
    },
  )

  itHasCard('pbft')
  itCatches('pbft', bugs, [SURE])
})
