/** The adversary of Fischer, Lynch and Paterson against the bundled Raft: nothing is decided, nothing is lost. */
import { expect, it } from 'vitest'
import { describeWith, missingLinuxRoot } from '../harness/testing/capabilities.ts'
import { effectsOf, expectKept, type Played, play, RAFT } from '../harness/testing/play.ts'

/** Changes that were asked for and acknowledged while a fault was in force. */
const changedUnder = ({ faults, record }: Played): number => {
  const spans = faults.map(({ injectedAtNs = 0, healedAtNs = 0 }) => [injectedAtNs, healedAtNs] as const)
  return [...record.pairs].filter(
    ({ invocation, completion }) =>
      invocation.f === 'write' &&
      completion?.type === 'ok' &&
      spans.some(([fromNs, toNs]) => invocation.timeNs > fromNs && completion.timeNs < toNs),
  ).length
}

describeWith(missingLinuxRoot(), 'against the adversary', () => {
  it('raft elects leader after leader and decides nothing, keeps its promises, and goes on afterwards', async () => {
    const options = 'interval=3s,duration=4s'
    const played = await play(RAFT, `-n adversary --nemesis-opts ${options} --time-limit 9s --seed 2`)
    expectKept(played)
    const [first] = effectsOf(played, 'adversary')
    const { deposed, longestMs, decidedPerS, decidedPerSBefore } = first?.last.measurements ?? {}
    expect(deposed).toBeGreaterThan(1)
    // No election takes less than the timeout of 400 ms.
    expect(longestMs).toBeGreaterThan(400)
    // What had been accepted when the first leader was held is all that can be decided.
    expect(Number(decidedPerS)).toBeLessThan(Number(decidedPerSBefore) / 10)
    expect(changedUnder(played)).toBe(0)
    expect(played.verdict.impact?.recoveries.length).toBeGreaterThan(0)
  })
})
