/**
 * Runs of faultline as tests of vitest, with its reporters, filters and shards:
 *
 *     import { chaos } from 'faultline/vitest'
 *     chaos('orders stay exactly once', { target: './orders.ts', workload: 'effects', nemesis: 'kill,partition', seeds: 3 })
 *
 * Each seed is a test, and a process of its own. It needs root, as `faultline run` does.
 */
import path from 'node:path'
import { describe, it } from 'vitest'
import type { RunChoice } from './api/suite.ts'
import type { RunVerdict } from './api/verdict.ts'
import { seedsOf, wordsOf } from './campaign/cases.ts'
import { type Outcome, outcomeOf } from './campaign/outcome.ts'
import { type ChildRun, runChild } from './cli/suite/child.ts'
import { clip, visible } from './support/visible.ts'

export interface ChaosOptions extends RunChoice {
  /** A bundled target, or the path of a module, from the folder in which vitest runs. */
  readonly target: string
  /** The number of seeds, from 1 on, or the seeds. Absent: 1. */
  readonly seeds?: number | readonly number[]
  /** Fingerprints, anomalies or checkers of findings of which one must show, and no other. Absent: the run must be valid. */
  readonly expected?: readonly string[]
  /** The folder for the results. Absent: `results`. */
  readonly out?: string
}

const MOST_CHARACTERS = 4000

/** The first evidence of the first broken promise. */
const diagramIn = (verdict: RunVerdict | null): readonly string[] => {
  const [first] = (verdict?.verdicts ?? [])
    .filter(({ status }) => status === 'invalid')
    .flatMap(({ evidence }) => evidence)
  return first === undefined ? [] : ['', first.title, clip(visible(first.text), MOST_CHARACTERS)]
}

const messageOf = ({ name, why }: Outcome, { verdict, runDir }: ChildRun): string =>
  [
    `${name}: ${visible(why)}`,
    ...diagramIn(verdict),
    ...(runDir === null ? [] : ['', `report: ${path.relative('.', path.join(runDir, 'report.html'))}`]),
  ].join('\n')

/** What went wrong in the cluster. Where the test stands in its file says nothing about it. */
class ChaosError extends Error {
  override readonly name = 'ChaosError'

  constructor(message: string) {
    super(message)
    this.stack = message
  }
}

/** Registers a test for each seed, which passes only if the run is valid, or shows what is expected. */
export const chaos = (name: string, options: ChaosOptions): void => {
  const { seeds, expected = [], out = 'results', ...choice } = options
  describe(name, () => {
    // A run ends by itself: each of its steps has a limit.
    for (const seed of seedsOf(seeds))
      it(`seed ${seed}`, { timeout: 0 }, async ({ signal }) => {
        const run = await runChild(wordsOf({ choice, seed }), out, signal)
        const outcome = outcomeOf(run, expected)
        if (outcome.name !== 'passed') throw new ChaosError(messageOf(outcome, run))
      })
  })
}
