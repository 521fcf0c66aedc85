/** Follows a run that is made up, as `watch-run` follows one by its files. */
import type { Follower, Kept, SoFar } from '../api/follower.ts'
import type { Operation } from '../api/history.ts'
import type { RunRecord, Sample } from '../api/record.ts'
import type { Checker } from '../api/verdict.ts'
import { callsAmong } from '../cli/online/calls.ts'
import { Following } from '../cli/online/following.ts'
import { bareRecord } from '../store/run-store.ts'

/** What is recorded, in the order in which it happened. */
export type Happened =
  | { readonly operation: Operation }
  | { readonly sample: Sample }
  | { readonly line: unknown }

const operationsIn = (run: readonly Happened[]): readonly Operation[] =>
  run.flatMap((each) => ('operation' in each ? [each.operation] : []))

const linesIn = (run: readonly Happened[]): readonly unknown[] =>
  run.flatMap((each) => ('line' in each ? [each.line] : []))

/** The record of all of it. @param base the run besides */
export const wholeOf = (base: RunRecord, run: readonly Happened[], service = 'sink'): RunRecord => {
  const { history, pairs } = bareRecord(operationsIn(run))
  const samples = run
    .flatMap((each) => ('sample' in each ? [each.sample] : []))
    .toSorted((a, b) => a.timeNs - b.timeNs)
  return { ...base, history, pairs, samples, services: { [service]: linesIn(run) } }
}

export interface Told {
  readonly broken: number
  /** How much was taken when something was seen to be broken first. Null: nothing was. */
  readonly firstAt: number | null
  /** At any time. */
  readonly most: Kept
  readonly isEnough: boolean
}

/** @param piece it looks each time so much has happened */
export const followed = async (
  checker: Checker,
  base: RunRecord,
  run: readonly Happened[],
  piece: number,
  follower: Follower | null = checker.follow?.(base) ?? null,
): Promise<Told> => {
  if (follower === null) throw new Error(`${checker.name} does not follow`)
  let taken = 0
  const soFar: SoFar = {
    calls: (isWanted) => callsAmong(operationsIn(run.slice(0, taken)), isWanted),
    lines: (isWanted) => linesIn(run.slice(0, taken)).filter(isWanted),
  }
  const following = new Following(checker, follower, () => base, soFar)
  let firstAt: number | null = null
  let most: Kept = { things: 0, fingerprints: 0 }
  for (; taken < run.length; taken += piece) {
    for (const each of run.slice(taken, taken + piece)) {
      if ('operation' in each) following.takeOperation(each.operation)
      else if ('sample' in each) following.takeSample(each.sample)
      else following.takeLine(each.line)
    }
    taken += piece
    for await (const _ of following.look()) firstAt ??= Math.min(taken, run.length)
    taken -= piece
    const { things, fingerprints } = following.counts
    most = { things: Math.max(most.things, things), fingerprints: Math.max(most.fingerprints, fingerprints) }
  }
  const { broken, isEnough } = following.counts
  return { broken, firstAt, most, isEnough }
}

export const isBroken = async (record: RunRecord, checker: Checker): Promise<boolean> =>
  (await checker.check(record, new AbortController().signal)).status === 'invalid'
