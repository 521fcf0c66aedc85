/**
 * The folder of a shrinking, `shrink/` in that of the run. `trials.jsonl` has a line for each run that ended, synced: whatever
 * kills the shrinking, all its decisions follow from these lines, and it goes on where it stopped.
 */
import crypto from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import type { RecordedFault } from '../../api/nemesis.ts'
import type { ShrinkCase } from '../../campaign/shrink-case.ts'
import type { Repetition } from '../../campaign/trial.ts'
import { encodeHeader } from '../../history/schema.ts'
import { readLines } from '../../store/json-lines.ts'
import { ownVersion } from '../../store/version.ts'
import { writableFolder } from './folder.ts'

const FOLDER = 'shrink'
const TRIALS = 'trials.jsonl'
const PLANS = 'plans'
const RUNS = 'runs'
const SMALLEST = 'minimal.faults.jsonl'
const RESULT = 'shrink.json'

/** What shrinking this run has come to. */
export const shrinkFile = (runDir: string): string => path.join(runDir, FOLDER, RESULT)

/** One run of a case. */
export interface Trial {
  /** That of its case. */
  readonly key: string
  /** `decide`: it decided whether the case fails. `confirm`: it was made afterwards, of the smallest case. */
  readonly purpose: 'decide' | 'confirm'
  readonly repetition: Repetition
}

/** What names a case: a hash of its content. */
export const keyOf = (each: ShrinkCase): string =>
  crypto.createHash('sha256').update(JSON.stringify(each)).digest('hex').slice(0, 12)

const trialLine = (trial: Trial): string => `${JSON.stringify(trial)}\n`

const planText = (faults: readonly RecordedFault[]): string =>
  encodeHeader('faults', ownVersion()) +
  faults.map((fault) => `${JSON.stringify({ type: 'planned', fault })}\n`).join('')

const replace = (file: string, text: string): void => {
  fs.writeFileSync(`${file}.new`, text)
  fs.renameSync(`${file}.new`, file)
}

export class ShrinkFolder {
  readonly path: string
  readonly runs: string
  readonly #trials: Trial[]

  /** Goes on with what is there. A line that was torn is removed, so that lines can follow. */
  constructor(runDir: string) {
    this.path = path.join(runDir, FOLDER)
    this.runs = path.join(this.path, RUNS)
    const file = path.join(this.path, TRIALS)
    writableFolder(path.join(this.path, PLANS))
    this.#trials = [...readLines<Trial>('trials', file)]
    replace(file, encodeHeader('trials', ownVersion()) + this.#trials.map(trialLine).join(''))
  }

  get trials(): readonly Trial[] {
    return this.#trials
  }

  /** On disk when it returns. */
  append(trial: Trial): void {
    this.#trials.push(trial)
    const file = fs.openSync(path.join(this.path, TRIALS), 'a')
    try {
      fs.writeSync(file, trialLine(trial))
      fs.fsyncSync(file)
    } finally {
      fs.closeSync(file)
    }
  }

  /** Takes runs of a case that were made before, unless it has decided by runs of this case already. */
  adopt(key: string, repetitions: readonly Repetition[]): void {
    if (this.#trials.some((each) => each.key === key)) return
    for (const repetition of repetitions) this.append({ key, purpose: 'decide', repetition })
  }

  /** Writes the faults as a plan that `run --faults` takes. @returns the file */
  writePlan({ faults }: ShrinkCase, key: string): string {
    const file = path.join(this.path, PLANS, `${key}.faults.jsonl`)
    replace(file, planText(faults))
    return file
  }

  /** A plan without faults is none, and leaves no file. @returns the file */
  writeSmallest({ faults }: ShrinkCase): string {
    const file = path.join(this.path, SMALLEST)
    if (faults.length === 0) fs.rmSync(file, { force: true })
    else replace(file, planText(faults))
    return file
  }

  /** Removes the runs of all cases but this one: hundreds of runs are not to fill the disk. Of a copied folder, none is here. */
  keepRunsOf(key: string): void {
    for (const { key: other, repetition } of this.#trials) {
      const { runDir } = repetition
      if (other === key || runDir === null || !path.resolve(runDir).startsWith(this.runs + path.sep)) continue
      fs.rmSync(runDir, { recursive: true, force: true })
    }
  }
}
