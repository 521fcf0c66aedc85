/** Each fault of the catalogue on real clusters, judged by what it measurably did, and not only by the verdict. */
import { expect, it } from 'vitest'
import type { Effect, FaultRecord } from '../harness/api.ts'
import { loadRun } from '../harness/store/run-store.ts'
import { describeWith, missingLinuxRoot } from '../harness/testing/capabilities.ts'
import { type FinishedRun, run, temporaryFolder } from '../harness/testing/command.ts'
import { hostBaseline, leftovers } from '../harness/testing/host.ts'

interface Played extends FinishedRun {
  readonly faults: readonly FaultRecord[]
  /** Of the faults that bit: the intent, and the last measurement. */
  readonly effects: readonly { readonly intent: FaultRecord['planned']['intent']; readonly last: Effect }[]
}

/** A run whose faults are looked at; it leaves nothing behind. */
const play = async (args: readonly string[]): Promise<Played> => {
  using folder = temporaryFolder()
  const before = hostBaseline()
  const finished = await run(folder.path, args)
  const faults = loadRun(finished.verdict.runDir).record.faults ?? []
  const effects = faults.flatMap(({ bit, effects: all, planned }) => {
    const last = all.at(-1)
    return bit && last !== undefined ? [{ intent: planned.intent, last }] : []
  })
  expect(await leftovers(before)).toEqual([])
  return { ...finished, faults, effects }
}

const RAFT = ['raft', '--env', 'namespaces']
const ETCD = ['etcd', '--env', 'docker']

const expectKept = ({ verdict }: Played): void => {
  expect(verdict.status, verdict.summary).toBe('valid')
  expect(verdict.outsideClaims).toBe(false)
}

describeWith(missingLinuxRoot(), 'clock', () => {
  const OPTIONS = 'interval=1200ms,duration=1s,offset=60s'

  it('moves the clocks of raft nodes as asked, by their own functions and by their own word', async () => {
    const played = await play([
      ...RAFT,
      '-n',
      'clock',
      '--nemesis-opts',
      OPTIONS,
      '--time-limit',
      '20s',
      '--seed',
      '4',
    ])
    expectKept(played)
    const seen = new Set(played.effects.map(({ intent }) => intent.mode))
    for (const mode of ['bump', 'jump-back', 'drift', 'freeze', 'suspend']) expect([...seen]).toContain(mode)
    for (const { intent, last } of played.effects) {
      const { offsetMs, toldOffsetMs } = last.measurements as { offsetMs: number; toldOffsetMs?: number }
      if (intent.mode === 'bump') expect(offsetMs).toBe(intent.offsetMs)
      if (intent.mode === 'jump-back') expect(offsetMs).toBe(-(intent.offsetMs as number))
      // A status takes its time to come; the clock was read at some moment meanwhile.
      if (intent.mode !== 'strobe' && toldOffsetMs !== undefined)
        expect(Math.abs(toldOffsetMs - offsetMs), last.summary).toBeLessThan(400)
    }
  })

  it('skews what starts meanwhile', async () => {
    const options =
      'clock.modes=bump,clock.offset=60s,clock.interval=2s,clock.duration=3s,clock.gap=100ms,kill.interval=700ms,kill.duration=100ms,clock.victims=all,kill.victims=all'
    const played = await play([
      ...RAFT,
      '-n',
      'clock,kill',
      '--nemesis-opts',
      options,
      '--time-limit',
      '14s',
      '--seed',
      '9',
    ])
    const skewed = played.faults.filter(({ planned, bit }) => planned.nemesis === 'clock' && bit)
    expect(skewed.length).toBeGreaterThan(1)
    // All were killed in the middle of it, and all that run at its end are skewed.
    const whole = skewed.filter(({ effects }) => effects.at(-1)?.measurements.processes === 5)
    expect(whole.length).toBeGreaterThan(0)
    for (const { effects } of whole) expect(effects.at(-1)?.measurements.moved).toBe(5)
  })

  it('moves those of etcd, a static Go program, in containers', async () => {
    const played = await play([
      ...ETCD,
      '-n',
      'clock',
      '--nemesis-opts',
      OPTIONS,
      '--time-limit',
      '12s',
      '--seed',
      '6',
    ])
    expectKept(played)
    const bumps = played.effects.filter(({ intent }) => intent.mode === 'bump' || intent.mode === 'jump-back')
    expect(bumps.length).toBeGreaterThan(0)
    for (const { intent, last } of bumps)
      expect(Math.abs(last.measurements.offsetMs as number)).toBe(intent.offsetMs)
  })
})
