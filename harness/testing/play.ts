/** A run for its faults: what each did by measurement, with the host compared around it. */
import { expect } from 'vitest'
import type { Effect } from '../api/nemesis.ts'
import type { FaultRecord, RunRecord } from '../api/record.ts'
import { loadRun } from '../store/run-store.ts'
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
  /** Of the faults that bit: by whom, the intent, and the last measurement. */
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
  const effects = faults.flatMap(({ bit, effects: all, planned }) => {
    const last = all.at(-1)
    return bit && last !== undefined ? [{ nemesis: planned.nemesis, intent: planned.intent, last }] : []
  })
  expect(await leftovers(before, folder.path)).toEqual([])
  return { ...finished, record, faults, effects }
}

export const RAFT = ['raft', '--env', 'namespaces']
export const ETCD = ['etcd', '--env', 'docker']

/** Valid, by faults that the claims tolerate. */
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

const lastedLongEnough = ({ planned, injectedAtNs, healedAtNs }: FaultRecord): boolean =>
  injectedAtNs !== undefined && healedAtNs !== undefined && healedAtNs - injectedAtNs > planned.durationNs / 2

/**
 * Faults of every mode did what they are for: of those that came about, one of each mode at least. Plans have all modes;
 * on a slow machine the last may come too late, so only most must have come about.
 *
 * @param part of the intent in which the mode is
 */
export const expectModes = (
  played: Played,
  nemesis: string,
  modes: readonly string[],
  part = 'mode',
): void => {
  const own = played.faults.filter(({ planned }) => planned.nemesis === nemesis)
  const planned = own.map(({ planned: { intent } }) => intent[part])
  expect(planned).toEqual(expect.arrayContaining([...modes]))
  const cameAbout = new Set(own.filter(lastedLongEnough).map(({ planned: { intent } }) => intent[part]))
  expect(cameAbout.size, [...cameAbout].join()).toBeGreaterThan(modes.length / 2)
  const did = effectsOf(played, nemesis).map(({ intent }) => intent[part])
  expect(did).toEqual(expect.arrayContaining([...cameAbout]))
}
