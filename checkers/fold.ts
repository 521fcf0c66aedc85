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

const guarded = <T>(make: () => T): T | { readonly error: unknown } => {
  try {
    return make()
  } catch (error) {
    return { error }
  }
}

/** A fold whose error is a result: where it throws, it takes no more. */
export class GuardedFold<Result> implements Fold<Folded<Result>> {
  #state: { readonly fold: Fold<Result> } | { readonly error: unknown }

  constructor(begin: () => Fold<Result>) {
    this.#state = guarded(() => ({ fold: begin() }))
  }

  take(pair: Pair, place: number): void {
    if ('error' in this.#state) return
    try {
      this.#state.fold.take(pair, place)
    } catch (error) {
      this.#state = { error }
    }
  }

  result(): Folded<Result> {
    const state = this.#state
    return 'error' in state ? state : guarded(() => ({ result: state.fold.result() }))
  }
}
