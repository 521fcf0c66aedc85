/** The adversary of Fischer, Lynch and Paterson: nothing is decided while it acts, nothing is lost, and it goes on afterwards. */
import { describe, expect, it } from 'vitest'
import { describeWith, isFull, missingLinuxRoot } from '../harness/testing/capabilities.ts'
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

/** @returns the measurements of its first fault */
const playAgainst = async (target: readonly string[]) => {
  const options = 'interval=3s,duration=4s'
  const played = await play(target, `-n adversary --nemesis-opts ${options} --time-limit 9s --seed 2`)
  expectKept(played)
  expect(played.verdict.impact?.recoveries.length).toBeGreaterThan(0)
  const measurements = effectsOf(played, 'adversary')[0]?.last.measurements ?? {}
  // What had been agreed on when the adversary began is all that can be decided.
  expect(Number(measurements.decidedPerS)).toBeLessThan(Number(measurements.decidedPerSBefore) / 10)
  return { measurements, changed: changedUnder(played) }
}

describeWith(missingLinuxRoot(), 'against the adversary', () => {
  it('raft proposes in term after term and decides nothing, keeps its promises, and goes on afterwards', async () => {
    const { measurements, changed } = await playAgainst(RAFT)
    const { proposals, epochs, longestMs } = measurements
    expect(changed).toBe(0)
    expect(Number(epochs)).toBeGreaterThan(2)
    expect(Number(proposals)).toBeGreaterThan(Number(epochs))
    // No election takes less than the timeout of 400 ms.
    expect(longestMs).toBeGreaterThan(400)
  })

  it('etcd, whose messages it does not know, elects leader after leader', async () => {
    const { measurements, changed } = await playAgainst(['etcd', '--env', 'namespaces'])
    const { held, deposed, packets, longestMs } = measurements
    expect(changed).toBe(0)
    expect(held).toBe(Number(deposed) + 1)
    expect(deposed).toBeGreaterThan(0)
    expect(packets).toBeGreaterThan(0)
    expect(longestMs).toBeGreaterThan(400)
  })

  describe.runIf(isFull)('full form', () => {
    it.each(['paxos', 'pbft'])('%s proposes again and again', async (name) => {
      const { measurements } = await playAgainst([name, '--env', 'namespaces'])
      expect(Number(measurements.epochs)).toBeGreaterThan(2)
    })
  })
})
