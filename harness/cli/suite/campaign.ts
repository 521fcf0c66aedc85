/** Runs cases side by side, as many as the machine bears, until all ended, the time is over, or the first violation. */
import { type Case, wordsOf } from '../../campaign/cases.ts'
import { cellsOf } from '../../campaign/exercise.ts'
import { figuresOf } from '../../campaign/figures.ts'
import { foundIn } from '../../campaign/follow-up.ts'
import { nextJobs } from '../../campaign/jobs.ts'
import { outcomeOf } from '../../campaign/outcome.ts'
import type { CaseResult } from '../../campaign/result.ts'
import { drawChoice } from '../../campaign/swarm.ts'
import { rngFromSeed } from '../../support/random.ts'
import { typedCommand } from '../shell.ts'
import { type ChildRun, runChild } from './child.ts'

export interface CampaignSettings {
  /** The folder of the runs. */
  readonly out: string
  /** How many at most, and at first. `auto`: one at first, then as the machine bears. */
  readonly jobs: number | 'auto'
  /** The most that `auto` chooses. */
  readonly mostJobs: number
  /** No run begins that would not end by then, by what runs have taken so far. Null: no limit. `performance.now()`. */
  readonly deadlineMs: number | null
  readonly untilInvalid: boolean
  /** Whether no further seed of a case is run once one has failed. */
  readonly untilFound: boolean
  /** Whether a run ends as soon as a promise is seen to be broken. */
  readonly failFast: boolean
  readonly signal: AbortSignal
  /** Whether there is room for the results of so many runs at once, of which one has not begun. */
  hasRoom(runs: number): boolean
  /** Called for each run as it ends. */
  ended(result: CaseResult, left: number, jobs: number): void
}

/** Why not all cases were run; null: all were. */
export type Stopped =
  | 'the budget was used up'
  | 'the results are at the bound of --keep'
  | 'a violation was found'
  | 'it was interrupted'
  | null

const resultOf = (each: Case, run: ChildRun, startedAt: string, durationMs: number): CaseResult => {
  const { name, why, findings } = outcomeOf(run, each.expected)
  const use = run.verdict?.impact?.use
  return {
    name: each.name,
    choice: each.choice,
    seed: each.seed,
    expected: each.expected,
    ...(each.remembered === undefined ? {} : { remembered: each.remembered }),
    command: typedCommand(['faultline', 'run', ...wordsOf(each)]),
    outcome: name,
    why,
    findings,
    exitCode: run.exitCode,
    runDir: run.runDir,
    startedAt,
    durationMs,
    exercise:
      run.verdict === null
        ? null
        : { during: use ?? {}, nemeses: (run.spec?.nemeses ?? []).map((nemesis) => nemesis.name) },
    ...(run.verdict === null ? {} : { figures: figuresOf(run.verdict) }),
  }
}

class Campaign {
  readonly #settings: CampaignSettings
  #waiting: Case[]
  readonly #running = new Set<Promise<void>>()
  readonly #results: CaseResult[]
  readonly #longest = new Map<string, number>()
  #jobs: number
  #stopped: Stopped = null

  constructor(cases: readonly Case[], earlier: readonly CaseResult[], settings: CampaignSettings) {
    this.#settings = settings
    this.#results = [...earlier]
    this.#waiting = [...cases]
    this.#leaveOutFound()
    this.#jobs = settings.jobs === 'auto' ? 1 : settings.jobs
  }

  /** Whether a run of this case is likely to end in time: as long as the longest of its name so far, or of any. */
  #fits({ name }: Case): boolean {
    const { deadlineMs } = this.#settings
    if (deadlineMs === null) return true
    const expected = this.#longest.get(name) ?? Math.max(0, ...this.#longest.values())
    return performance.now() + expected < deadlineMs
  }

  /** Towards what the runs of this case have not exercised so far. */
  #drawn(each: Case): Case {
    if (each.swarm === undefined) return each
    const same = this.#results.filter(({ name }) => name === each.name)
    const cells = cellsOf(same.flatMap(({ exercise }) => exercise ?? []))
    const rng = rngFromSeed(each.seed).fork('swarm', each.name)
    return { ...each, choice: drawChoice(rng, each.choice, each.swarm, cells) }
  }

  #leaveOutFound(): void {
    if (!this.#settings.untilFound) return
    const found = foundIn(this.#results)
    this.#waiting = this.#waiting.filter(({ name }) => !found.has(name))
  }

  async #runOne(each: Case): Promise<void> {
    const { out, signal, untilInvalid, failFast, jobs, mostJobs } = this.#settings
    const drawn = this.#drawn(each)
    const startedAt = new Date().toISOString()
    const beganMs = performance.now()
    const words = [...wordsOf(drawn), ...(failFast ? ['--fail-fast'] : [])]
    const run = await runChild(words, out, signal)
    // What was interrupted says nothing, and is run again when the campaign is resumed.
    if (signal.aborted) return
    const durationMs = Math.round(performance.now() - beganMs)
    this.#longest.set(each.name, Math.max(durationMs, this.#longest.get(each.name) ?? 0))
    if (jobs === 'auto' && run.facts !== null)
      this.#jobs = nextJobs(this.#jobs, { loopDelayP99Ms: run.facts.eventLoopDelayMs.p99 }, mostJobs)
    const result = resultOf(drawn, run, startedAt, durationMs)
    this.#results.push(result)
    this.#leaveOutFound()
    if (untilInvalid && result.outcome === 'violation') this.#stopped ??= 'a violation was found'
    this.#settings.ended(result, this.#waiting.length + this.#running.size - 1, this.#jobs)
  }

  #begin(): void {
    while (this.#stopped === null && this.#running.size < this.#jobs) {
      const [next] = this.#waiting
      if (next === undefined) return
      if (!this.#fits(next)) {
        this.#stopped = 'the budget was used up'
        return
      }
      if (!this.#settings.hasRoom(this.#running.size + 1)) {
        // One that is under way may be thinned when it has passed.
        if (this.#running.size === 0) this.#stopped = 'the results are at the bound of --keep'
        return
      }
      this.#waiting.shift()
      const run: Promise<void> = this.#runOne(next).finally(() => this.#running.delete(run))
      this.#running.add(run)
    }
  }

  async run(): Promise<Stopped> {
    const { signal } = this.#settings
    for (;;) {
      if (signal.aborted) this.#stopped = 'it was interrupted'
      this.#begin()
      if (this.#running.size === 0) return this.#stopped
      await Promise.race(this.#running)
    }
  }
}

/**
 * Resolves when no run is under way any more.
 *
 * @param earlier the results of those that are done already
 */
export const runCases = (
  cases: readonly Case[],
  earlier: readonly CaseResult[],
  settings: CampaignSettings,
): Promise<Stopped> => new Campaign(cases, earlier, settings).run()
