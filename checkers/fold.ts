/** Folds over the pairs of a history. Several share one reading of it, which is most of the work. */
import type { Pair } from '../harness/api/history.ts'
import type { RunRecord } from '../harness/api/record.ts'
import type { Fold } from '../harness/api/verdict.ts'

/** Takes all pairs of the record. */
export const foldPairs = <Result>(record: RunRecord, fold: Fold<Result>): Result => {
  for (const [place, pair] of record.pairs.entries()) fold.take(pair, place)
  return fold.result()
}

/** What became of a fold that others were not to suffer from. */
export type Folded<Result> = { readonly result: Result } | { readonly error: unknown }

/** A fold whose error is a result: where it throws, it takes no more. */
export class GuardedFold<Result> implements Fold<Folded<Result>> {
  readonly #fold: Fold<Result>
  #failed: { readonly error: unknown } | null = null

  constructor(fold: Fold<Result>) {
    this.#fold = fold
  }

  take(pair: Pair, place: number): void {
    if (this.#failed !== null) return
    try {
      this.#fold.take(pair, place)
    } catch (error) {
      this.#failed = { error }
    }
  }

  result(): Folded<Result> {
    if (this.#failed !== null) return this.#failed
    try {
      return { result: this.#fold.result() }
    } catch (error) {
      return { error }
    }
  }
}
