/** What a run that failed became when it was made smaller. */
import type { Rate } from './rate.ts'
import type { SequentialTest } from './sequential.ts'
import type { ShrinkCase } from './shrink-case.ts'
import type { Wanted } from './trial.ts'

/** The content of `shrink.json`. */
export interface Shrunk {
  readonly run: string
  readonly finding: Pick<Wanted, 'fingerprint' | 'anomaly' | 'sentence'>
  readonly from: ShrinkCase
  readonly to: ShrinkCase
  /** The plan for `run --faults`. Null: no fault is needed. */
  readonly plan: string | null
  readonly command: string
  /** By runs made after all decisions: they say how often the smallest case fails. */
  readonly confirmed: Rate
  /** By the runs that decided. It is too high, since cases were chosen by them. */
  readonly decided: Rate
  readonly test: SequentialTest
  /** False: the budget was used up, and there may be a smaller one. */
  readonly isFinished: boolean
}
