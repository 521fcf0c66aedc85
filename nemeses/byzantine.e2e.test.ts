/** Nodes that lie, on real clusters: which lies reached whom, what honest nodes made of them, and who is believed. */
import { expect, it } from 'vitest'
import type { LieTold } from '../harness/api/nemesis.ts'
import { describeWith, missingLinuxRoot } from '../harness/testing/capabilities.ts'
import { ETCD, effectsOf, type Played, play, RAFT } from '../harness/testing/play.ts'

const liesIn = (played: Played): readonly LieTold[] =>
  effectsOf(played, 'byzantine').flatMap(({ last }) => last.lies ?? [])

const traitorsIn = (played: Played): readonly string[] => [
  ...new Set(played.faults.flatMap(({ victims }) => victims)),
]

/** A leader tells its peers different entries, a follower forges the leader's: whichever the traitor is, the others differ. */
const TWO_KINDS = 'kinds=equivocation+forged-sender,interval=4s,duration=3s'

describeWith(missingLinuxRoot(), 'a traitor', () => {
  it('among three nodes of raft makes the two honest ones differ, and is not believed itself', async () => {
    const played = await play(
      [...RAFT, '--nodes', '3', '--expect', 'linearizable'],
      `-n byzantine --nemesis-opts ${TWO_KINDS} --time-limit 12s --recovery-timeout 3s --seed 3`,
    )
    const { verdict, record } = played
    const [traitor, ...others] = traitorsIn(played)
    expect(others).toEqual([])
    const told = liesIn(played)
    expect(new Set(told.map(({ by }) => by))).toEqual(new Set([traitor]))
    expect(told.map(({ to }) => to)).not.toContain(traitor)
    expect(told.map(({ lie }) => lie)).toContainEqual(expect.stringMatching(/entries-differ|forged-entries/))
    const agreement = verdict.verdicts.find(({ checker }) => checker === 'agreement')
    expect(agreement?.status, agreement?.summary).toBe('invalid')
    expect(agreement?.summary).not.toContain(`${traitor} had`)
    expect(verdict.notes.join('\n')).toContain(`Not believed, because they lied: ${traitor}.`)
    // Nothing is taken from the record: only the judgement leaves the traitor out.
    expect(record.samples?.some(({ node }) => node === traitor)).toBe(true)
  })

  it('of etcd, whose words nobody knows, is silent, late, or says old words again', async () => {
    const options = 'interval=4s,duration=3s,victims=leader'
    const played = await play(ETCD, `-n byzantine --nemesis-opts ${options} --time-limit 12s --seed 2`)
    expect(traitorsIn(played)).toHaveLength(1)
    const told = liesIn(played)
    expect(told.length).toBeGreaterThan(0)
    for (const { kind } of told) expect(['silence', 'delay', 'replay']).toContain(kind)
    expect(played.verdict.notes.join('\n')).toContain('Not believed')
  })
})
