/** Real runs of the bundled Paxos cluster: five processes with real sockets, disks and faults. */
import { expect, it } from 'vitest'
import { describeWith, isFull, missingLinuxRoot, sized } from '../../harness/testing/capabilities.ts'
import { type FinishedRun, run, temporaryFolder } from '../../harness/testing/command.ts'
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

  for (const { name, workload, realRun } of bugs) {
    if ('none' in realRun || !(isFull || name === SURE)) continue
    it(`--bug ${name} is caught`, async () => {
      using folder = temporaryFolder()
      const found: FinishedRun[] = []
      for (let seed = 1; seed <= sized(1, 3); seed++) {
        const args = [...PAXOS, '--bug', name, '-w', workload, ...realRun.args.split(' ')]
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
