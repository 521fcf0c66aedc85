/** Repeats of a run, in processes of their own, some side by side. */
import fs from 'node:fs'
import path from 'node:path'
import type { RecordedFault } from '../../api/nemesis.ts'
import type { RunSpec } from '../../api/record.ts'
import type { Repro } from '../../campaign/repro.ts'
import { type Repetition, repetitionOf, type Wanted } from '../../campaign/trial.ts'
import { type FileHeader, requireSchema } from '../../history/schema.ts'
import { wordsToRun } from '../run/again.ts'
import { runChild } from '../suite/child.ts'

/** In the folder of the repeated run. */
export const REPRO_FILE = 'repro.json'

/** The repetitions of this run that are stored, as it was recorded. */
export const repeatedIn = (runDir: string): readonly Repetition[] => {
  const file = path.join(runDir, REPRO_FILE)
  if (!fs.existsSync(file)) return []
  const { schema, repetitions } = JSON.parse(fs.readFileSync(file, 'utf8')) as Repro & FileHeader
  requireSchema('repro', schema, file)
  return repetitions
}

/**
 * The words behind `faultline run` that repeat these faults with the settings and the seed of the spec. Without faults, no
 * nemesis acts. A capture is not repeated: it only observes.
 *
 * @param plan the file or the folder that contains the faults
 */
export const wordsToRepeat = (
  spec: RunSpec,
  faults: readonly RecordedFault[],
  plan: string,
): Promise<readonly string[]> => {
  const { faults: _, incident: __, capture: ___, ...others } = spec
  const nemeses = spec.nemeses.filter(({ name }) => faults.some(({ nemesis }) => nemesis === name))
  return wordsToRun({ ...others, nemeses, ...(faults.length === 0 ? {} : { faults }) }, plan)
}

export interface Repeats {
  readonly words: readonly string[]
  readonly wanted: readonly Wanted[]
  /** The folder for the runs. */
  readonly out: string
  readonly count: number
  /** How many at once. */
  readonly jobs: number
  readonly signal: AbortSignal
  /** Whether another one may begin. Absent: yes. */
  mayBegin?(): boolean
  /** Called as each ends, in that order. */
  ended?(repetition: Repetition): void
}

/** Those that ended, in the order in which they began. One that was interrupted says nothing, and is left out. */
export const repeatRun = async (repeats: Repeats): Promise<readonly Repetition[]> => {
  const { words, wanted, out, count, jobs, signal, mayBegin, ended } = repeats
  const done: (Repetition | null)[] = []
  const work = async (): Promise<void> => {
    while (done.length < count && !signal.aborted && mayBegin?.() !== false) {
      const at = done.push(null) - 1
      const beganMs = performance.now()
      const run = await runChild(words, out, signal)
      if (signal.aborted) return
      const repetition = repetitionOf(run, wanted, run.runDir, Math.round(performance.now() - beganMs))
      done[at] = repetition
      ended?.(repetition)
    }
  }
  await Promise.all(Array.from({ length: Math.min(jobs, count) }, work))
  return done.flatMap((each) => each ?? [])
}
