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
  /** For each effective fault: its nemesis, its intent and its last measurement. */
  readonly effects: readonly PlayedEffect[]
}

/**
 * Runs the target and returns the run with its faults. Expects that the run leaves nothing behind.
 *
 * @param flags of `faultline run`, separated by spaces
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

/** The effects of one nemesis. */
export const effectsOf = ({ effects }: Played, nemesis: string): readonly PlayedEffect[] =>
  effects.filter((each) => each.nemesis === nemesis)

/** The summaries of its effects, one per line. */
export const summariesOf = (played: Played, nemesis: string): string =>
  effectsOf(played, nemesis)
    .map(({ last }) => last.summary)
    .join('\n')

/** A fault that was injected, was measured, and healed. */
export interface MeasuredFault {
  readonly intent: FaultRecord['planned']['intent']
  readonly last: Effect
  readonly inForceMs: number
}

/** Null: it was never measured, which is no excuse. */
interface InjectedFault {
  readonly mode: string
  readonly measured: MeasuredFault | null
}

const injectedFaults = ({ faults }: Played, nemesis: string): readonly InjectedFault[] =>
  faults.flatMap(({ planned, injectedAtNs, healedAtNs, effects }) => {
    const last = effects.at(-1)
    if (planned.nemesis !== nemesis || injectedAtNs === undefined || healedAtNs === undefined) return []
    const inForceMs = (healedAtNs - injectedAtNs) / NS_PER_MS
    return [
      {
        mode: String(planned.intent.mode),
        measured: last === undefined ? null : { intent: planned.intent, last, inForceMs },
      },
    ]
  })

/**
 * Expects that faults of every mode were planned, and that at least one fault of each injected mode was effective. On a
 * slow machine the last modes may be injected too late, so only half of the modes must have been injected.
 *
 * @param hadChance false for a fault that cannot have had an effect, or whose effect cannot have been proved: it is ignored
 */
export const expectModes = (
  played: Played,
  nemesis: string,
  modes: readonly string[],
  hadChance: (fault: MeasuredFault) => boolean = () => true,
): void => {
  const planned = played.faults.filter((fault) => fault.planned.nemesis === nemesis)
  expect(planned.map(({ planned: { intent } }) => intent.mode)).toEqual(expect.arrayContaining([...modes]))
  const injected = injectedFaults(played, nemesis).filter(
    ({ measured }) => measured === null || hadChance(measured),
  )
  const injectedModes = new Set(injected.map(({ mode }) => mode))
  expect(injectedModes.size, [...injectedModes].join()).toBeGreaterThanOrEqual(modes.length / 2)
  const summaries = injected
    .map(({ mode, measured }) => measured?.last.summary ?? `${mode}: never measured`)
    .join('\n')
  expect(
    effectsOf(played, nemesis).map(({ intent }) => intent.mode),
    summaries,
  ).toEqual(expect.arrayContaining([...injectedModes]))
}
