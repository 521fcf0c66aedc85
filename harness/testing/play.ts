/** Runs that test faults: the measured effect of each fault, and a comparison of the host before and after. */
import { expect } from 'vitest'
import type { Effect } from '../api/nemesis.ts'
import type { FaultRecord } from '../api/record.ts'
import { loadRun } from '../store/run-store.ts'
import { type FinishedRun, run, temporaryFolder } from './command.ts'
import { hostBaseline, leftovers } from './host.ts'

interface PlayedEffect {
  readonly nemesis: string
  readonly intent: FaultRecord['planned']['intent']
  readonly last: Effect
}

export interface Played extends FinishedRun {
  readonly faults: readonly FaultRecord[]
  /** Of the effective faults: by whom, the intent, and the last measurement. */
  readonly effects: readonly PlayedEffect[]
}

/** Runs the command and returns the faults of the run. Expects that the run leaves nothing behind. */
export const play = async (args: readonly string[]): Promise<Played> => {
  using folder = temporaryFolder()
  const before = hostBaseline()
  const finished = await run(folder.path, args)
  const faults = loadRun(finished.verdict.runDir).record.faults ?? []
  const effects = faults.flatMap(({ effective, effects: all, planned }) => {
    const last = all.at(-1)
    return effective && last !== undefined ? [{ nemesis: planned.nemesis, intent: planned.intent, last }] : []
  })
  expect(await leftovers(before)).toEqual([])
  return { ...finished, faults, effects }
}

export const RAFT = ['raft', '--env', 'namespaces']
export const ETCD = ['etcd', '--env', 'docker']

/** Expects a valid run with faults that the claims tolerate. */
export const expectKept = ({ verdict }: Played): void => {
  expect(verdict.status, verdict.summary).toBe('valid')
  expect(verdict.outsideClaims).toBe(false)
}
