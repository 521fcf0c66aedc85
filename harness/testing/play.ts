/** Runs that test faults: the measured effect of each fault, and a comparison of the host before and after. */
import { expect } from 'vitest'
import type { Effect } from '../api/nemesis.ts'
import type { FaultRecord, RunRecord } from '../api/record.ts'
import { loadRun } from '../store/run-store.ts'
import { NS_PER_MS } from '../support/time.ts'
import { type FinishedRun, run, temporaryFolder } from './command.ts'
import { hostBaseline } from './host.ts'
import { leftovers } from './leftovers.ts'

interface PlayedEffect {
  readonly nemesis: string
  readonly intent: FaultRecord['planned']['intent']
  readonly last: Effect
}

export interface Played extends FinishedRun {
  readonly record: RunRecord
  readonly faults: readonly FaultRecord[]
  /** Of the effective faults: by whom, the intent, and the last measurement. */
  readonly effects: readonly PlayedEffect[]
}

/**
 * A run whose faults are looked at; it leaves nothing behind.
 *
 * @param flags of `faultline run`, parted by spaces
 */
export const play = async (target: readonly string[], flags: string): Promise<Played> => {
  using folder = temporaryFolder()
  const before = hostBaseline()
  const finished = await run(folder.path, [...target, ...flags.split(' ')])
  const { record } = loadRun(finished.verdict.runDir)
  const faults = record.faults ?? []
  const effects = faults.flatMap(({ effective, effects: all, planned }) => {
    const last = all.at(-1)
    return effective && last !== undefined ? [{ nemesis: planned.nemesis, intent: planned.intent, last }] : []
  })
  expect(await leftovers(before, folder.path)).toEqual([])
  return { ...finished, record, faults, effects }
}

export const RAFT = ['raft', '--env', 'namespaces']
export const ETCD = ['etcd', '--env', 'docker']

/** Expects a valid run with faults that the claims tolerate. */
export const expectKept = ({ verdict }: Played): void => {
  expect(verdict.status, verdict.summary).toBe('valid')
  expect(verdict.outsideClaims).toBe(false)
}

/** What one nemesis did. */
export const effectsOf = ({ effects }: Played, nemesis: string): readonly PlayedEffect[] =>
  effects.filter((each) => each.nemesis === nemesis)

/** In words. */
export const saidBy = (played: Played, nemesis: string): string =>
  effectsOf(played, nemesis)
    .map(({ last }) => last.summary)
    .join('\n')

/**
 * Faults of every mode did what they are for: of those that came about, one of each mode at least. All modes are
 * planned; on a slow machine the last may come too late, so only half of them must have come about.
 *
 * @param leastMs what was in force for less had no time to do anything
 */
export const expectModes = (played: Played, nemesis: string, modes: readonly string[], leastMs = 0): void => {
  const own = played.faults.filter(({ planned }) => planned.nemesis === nemesis)
  expect(own.map(({ planned: { intent } }) => intent.mode)).toEqual(expect.arrayContaining([...modes]))
  const cameAbout = own.filter(
    ({ injectedAtNs = Number.POSITIVE_INFINITY, healedAtNs = 0 }) =>
      healedAtNs - injectedAtNs > leastMs * NS_PER_MS,
  )
  const came = new Set(cameAbout.map(({ planned: { intent } }) => intent.mode))
  expect(came.size, [...came].join()).toBeGreaterThanOrEqual(modes.length / 2)
  expect(effectsOf(played, nemesis).map(({ intent }) => intent.mode)).toEqual(
    expect.arrayContaining([...came]),
  )
}
