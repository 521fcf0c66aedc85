/** Decides whether a case fails, by runs of it: the oracle of shrinking. */
import type { RunSpec } from '../../api/record.ts'
import { type Decision, decisionOf, fewestToDecide, type SequentialTest } from '../../campaign/sequential.ts'
import type { Fails } from '../../campaign/shrink.ts'
import type { ShrinkCase } from '../../campaign/shrink-case.ts'
import { firstEvidenceNs, type Repetition, shownIn, type Wanted } from '../../campaign/trial.ts'
import { formatDurationMs } from '../../support/time.ts'
import { repeatRun, wordsToRepeat } from './repeat.ts'
import { keyOf, type ShrinkFolder, type Trial } from './shrink-files.ts'

/** A case of which so many runs proved nothing is given up: it tests too little. */
const MOST_UNPROVED = 3
/** What a run takes besides its load, until one was measured. */
const FIRST_OVERHEAD_MS = 10_000
/** A run may take so much more than the one before. */
const OVERHEAD_MARGIN = 1.5

export interface Setting {
  readonly folder: ShrinkFolder
  readonly spec: RunSpec
  readonly wanted: readonly Wanted[]
  /** The fingerprint of the finding that is looked for. */
  readonly fingerprint: string
  readonly test: SequentialTest
  readonly jobs: number
  readonly signal: AbortSignal
  say(line: string): void
}

/** @returns the spec of the run with what is smaller */
export const specOf = (spec: RunSpec, small: ShrinkCase): RunSpec => {
  const { timeLimitMs, concurrency, rate, nodes, keys } = small
  const workloadOptions = keys === null ? spec.workloadOptions : { ...spec.workloadOptions, keys }
  return { ...spec, timeLimitMs, concurrency, rate, nodes, workloadOptions }
}

export const sizeOf = ({ faults, timeLimitMs, concurrency, rate, nodes, keys }: ShrinkCase): string =>
  [
    `${faults.length} ${faults.length === 1 ? 'fault' : 'faults'}`,
    formatDurationMs(timeLimitMs),
    `${concurrency} clients`,
    `${rate === 0 ? 'unlimited' : rate} operations/s`,
    ...(keys === null ? [] : [`${keys} keys`]),
    `${nodes} nodes`,
  ].join(', ')

export class Runs {
  readonly #setting: Setting
  #overheadMs = FIRST_OVERHEAD_MS
  /** The last case that fails. */
  #smallest: ShrinkCase | null = null
  #isOutOfTime = false

  constructor(setting: Setting) {
    this.#setting = setting
  }

  /** Whether some case could not be decided for want of time: from then on, none is tried. */
  get isOutOfTime(): boolean {
    return this.#isOutOfTime
  }

  of(key: string, purpose: Trial['purpose']): readonly Repetition[] {
    const { folder, fingerprint } = this.#setting
    return folder.trials
      .filter((each) => each.key === key && each.purpose === purpose)
      .map(({ repetition }) => repetition)
      .filter(({ results }) => results[fingerprint] !== undefined)
  }

  #decision(repetitions: readonly Repetition[]): Decision | null {
    const shown = shownIn(repetitions, this.#setting.fingerprint)
    const decision = decisionOf(shown, this.#setting.test)
    const unproved = repetitions.length - shown.length
    return decision ?? (unproved >= MOST_UNPROVED ? 'seldom' : null)
  }

  #fits({ timeLimitMs }: ShrinkCase, deadlineMs: number): boolean {
    return performance.now() + timeLimitMs + OVERHEAD_MARGIN * this.#overheadMs < deadlineMs
  }

  /** Runs it so often, or until the time is over. @param deadlineMs of `performance.now()` */
  async add(each: ShrinkCase, purpose: Trial['purpose'], count: number, deadlineMs: number): Promise<void> {
    const { folder, spec, wanted, jobs, signal } = this.#setting
    const key = keyOf(each)
    const file = folder.writePlan(each, key)
    await repeatRun({
      words: await wordsToRepeat(specOf(spec, each), each.faults, file),
      wanted,
      out: folder.runs,
      count,
      jobs,
      signal,
      mayBegin: () => this.#fits(each, deadlineMs),
      ended: (repetition) => {
        this.#overheadMs = repetition.durationMs - each.timeLimitMs
        folder.append({ key, purpose, repetition })
      },
    })
  }

  /** The oracle. Says nothing of what it has known from before. @param deadlineMs of `performance.now()` */
  within(deadlineMs: number): Fails {
    const { test, jobs, signal, say, fingerprint } = this.#setting
    return async (candidate, what) => {
      const key = keyOf(candidate)
      let isNew = false
      for (;;) {
        const repetitions = this.of(key, 'decide')
        const decision = this.#decision(repetitions)
        if (decision !== null) {
          this.#decided(candidate, decision, isNew)
          const times = repetitions.flatMap((each) => firstEvidenceNs(each, fingerprint) ?? [])
          if (decision === 'seldom') return null
          return { firstAtNs: times.length === 0 ? null : Math.max(...times) }
        }
        this.#isOutOfTime ||= !this.#fits(candidate, deadlineMs)
        if (signal.aborted || this.#isOutOfTime) {
          if (isNew) say('    not decided')
          return null
        }
        if (!isNew) say(`without ${what}: ${sizeOf(candidate)}?`)
        isNew = true
        const count = fewestToDecide(shownIn(repetitions, this.#setting.fingerprint), test)
        await this.add(candidate, 'decide', Math.min(count, jobs), deadlineMs)
      }
    }
  }

  #decided(candidate: ShrinkCase, decision: Decision, isNew: boolean): void {
    const { folder, say } = this.#setting
    const isSmaller = decision === 'often'
    if (isSmaller) this.#smallest = candidate
    if (isSmaller) folder.writeSmallest(candidate)
    if (this.#smallest !== null) folder.keepRunsOf(keyOf(this.#smallest))
    if (!isNew) return
    const repetitions = this.of(keyOf(candidate), 'decide')
    const shown = shownIn(repetitions, this.#setting.fingerprint)
    const counts = `${shown.filter(Boolean).length} of ${shown.length}`
    const unproved = repetitions.length - shown.length
    const others = unproved === 0 ? '' : `, ${unproved} proved nothing`
    say(`    ${isSmaller ? 'fails' : 'does not fail'} (${counts}${others})`)
  }
}
