/** The first run of each new finding, repeated and made smaller after a campaign, by the commands that a user would type. */
import fs from 'node:fs'
import path from 'node:path'
import { failsAgain, type ShrinkTarget, shrinkTarget } from '../../campaign/follow-up.ts'
import type { Repro } from '../../campaign/repro.ts'
import type { CaseResult, FollowUp } from '../../campaign/result.ts'
import type { Shrunk } from '../../campaign/shrunk.ts'
import { EXIT_CODES } from '../../support/exit-codes.ts'
import { REPRO_FILE } from '../repro/repeat.ts'
import { shrinkFile } from '../repro/shrink-files.ts'
import { faultlineChild } from './child.ts'

export interface FollowUpSettings {
  /** How often a run is repeated. Null: not at all. */
  readonly reproduce: number | null
  /** Time to make a run smaller, milliseconds. Null: none. */
  readonly shrinkMs: number | null
}

type Failing = CaseResult & { readonly runDir: string }

/** A null is a file that is not there yet. */
const read = <T>(file: string): T | null =>
  fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, 'utf8')) as T) : null

/** Its result, or the last line that it said. What an earlier campaign has done already is not done again. */
const resultOf = async <T>(
  words: readonly string[],
  file: string,
  isDone: (content: T) => boolean,
  signal: AbortSignal,
): Promise<T | string> => {
  const earlier = read<T>(file)
  if (earlier !== null && isDone(earlier)) return earlier
  const { stderr, exitCode } = await faultlineChild(words, signal)
  const isAnswer = exitCode === EXIT_CODES.valid || exitCode === EXIT_CODES.notReproduced
  const content = isAnswer ? read<T>(file) : null
  return content ?? stderr.trim().split('\n').at(-1) ?? ''
}

const reproduced = (dir: string, times: number, signal: AbortSignal): Promise<Repro | string> =>
  resultOf<Repro>(
    ['repro', dir, '--times', String(times)],
    path.join(dir, REPRO_FILE),
    ({ asked, repetitions }) => asked === times && repetitions.length >= times,
    signal,
  )

/** One that ran out of its budget goes on. */
const shrunk = (
  dir: string,
  budgetMs: number,
  words: readonly string[],
  signal: AbortSignal,
): Promise<Shrunk | string> =>
  resultOf<Shrunk>(
    ['shrink', dir, '--budget', `${budgetMs}ms`, ...words],
    shrinkFile(dir),
    ({ isFinished }) => isFinished,
    signal,
  )

const NOT_AGAIN = 'No finding showed again, so that there was nothing to make smaller.'

const wordsFor = (target: ShrinkTarget | null): readonly string[] =>
  target === null ? [] : ['--finding', target.fingerprint, '--at-least', String(target.atLeast)]

const followUp = async (
  { name, runDir }: Failing,
  { reproduce, shrinkMs }: FollowUpSettings,
  signal: AbortSignal,
): Promise<FollowUp> => {
  const repro = reproduce === null ? null : await reproduced(runDir, reproduce, signal)
  const target = repro === null || typeof repro === 'string' ? null : shrinkTarget(repro)
  const smaller =
    shrinkMs === null || signal.aborted
      ? null
      : target === 'never shows'
        ? NOT_AGAIN
        : await shrunk(runDir, shrinkMs, wordsFor(target), signal)
  return {
    name,
    runDir,
    again: repro === null || typeof repro === 'string' ? null : failsAgain(repro),
    smallest: smaller === null || typeof smaller === 'string' ? null : smaller,
    problems: [repro, smaller].filter((each) => typeof each === 'string'),
  }
}

const doneOf = ({ runDir }: Failing): number =>
  [path.join(runDir, REPRO_FILE), shrinkFile(runDir)].filter((file) => fs.existsSync(file)).length

/** Those of which the least is known come first: what is there already only gets better. */
const inOrder = (runs: readonly Failing[]): readonly number[] => {
  const done = runs.map(doneOf)
  return [...runs.keys()].sort((a, b) => (done[a] as number) - (done[b] as number))
}

/** In their order, without those that were interrupted. @param ended called as each ends */
export const followUps = async (
  runs: readonly Failing[],
  settings: FollowUpSettings,
  jobs: number,
  signal: AbortSignal,
  ended: (followUp: FollowUp, left: number) => void,
): Promise<readonly FollowUp[]> => {
  const done: (FollowUp | null)[] = runs.map(() => null)
  let left = runs.length
  const order = inOrder(runs).values()
  const work = async (): Promise<void> => {
    for (const at of order) {
      if (signal.aborted) return
      const result = await followUp(runs[at] as Failing, settings, signal)
      if (signal.aborted) return
      done[at] = result
      left -= 1
      ended(result, left)
    }
  }
  await Promise.all(Array.from({ length: jobs }, work))
  return done.flatMap((each) => each ?? [])
}
