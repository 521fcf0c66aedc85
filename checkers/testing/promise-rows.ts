/** The table of `checkers/promises.test.ts`: what each promise allows and forbids. */
import type { PromiseName } from '../../harness/api/claims.ts'
import type { Checker } from '../../harness/api/verdict.ts'
import type { Vocabulary } from '../../harness/api/vocabulary.ts'
import type { Step } from '../../harness/testing/steps.ts'

export type History = readonly (readonly Step[])[]

export interface Row {
  readonly vocabulary: Vocabulary
  readonly checkers: readonly Checker[]
  readonly promise: PromiseName
  /** A history that the promise allows. */
  readonly allowed: History
  /** The promise that forbids it; null: the promise is the strongest. */
  readonly but: PromiseName | null
  readonly forbidden: History
  /** What the promise does not decide. */
  readonly undecided?: History
}

/** The rows of a vocabulary, by promise. */
export const rows = (
  vocabulary: Vocabulary,
  checkers: readonly Checker[],
  all: Readonly<Partial<Record<PromiseName, Omit<Row, 'vocabulary' | 'checkers' | 'promise'>>>>,
): readonly Row[] =>
  Object.entries(all).map(([promise, row]) => ({
    vocabulary,
    checkers,
    promise: promise as PromiseName,
    ...row,
  }))
