/**
 * porcupine-ts: is a concurrent history linearizable with respect to a sequential model (Herlihy and Wing 1990)?
 *
 * `check` splits the history by the model's partition and decides each part. A specialised engine decides if the model
 * has one and it knows the kind of history; otherwise the general search does. The answer is `ok`, `illegal` (with the
 * shortest prefix that cannot be linearized, and a small witness) or `unknown` (with the limit that ran out). Unknown is
 * never ok.
 */
import { type Decision, decide, Tally } from './decide.ts'
import type { Budget } from './general/budget.ts'
import { determinize, isNondeterministic } from './general/determinize.ts'
import { partsOfColumns } from './history/columns.ts'
import { partsOfOperations } from './history/operations.ts'
import type { Part } from './history/part.ts'
import { watchLaws } from './laws.ts'
import type { AnyModel, Columns, History, Limits, Model, Result } from './model.ts'

const HELP = {
  time: 'more time, fewer operations on one object, or fewer that never return',
  memory: 'more memory, fewer operations on one object, or fewer that never return',
} as const

/** The limits, counted from now. */
export const budgetOf = ({ timeMs, memoryBytes }: Limits): Budget => {
  const now = (): number => performance.now()
  return {
    now,
    deadlineMs: now() + (timeMs ?? Number.POSITIVE_INFINITY),
    memoryBytes: memoryBytes ?? Number.POSITIVE_INFINITY,
  }
}

export const isColumns = <I, O>(history: History<I, O>): history is Columns => 'kind' in history

/** Small parts first: if a limit runs out, the fewest are left undecided. */
export const inOrder = <I, O>(parts: readonly Part<I, O>[]): readonly Part<I, O>[] =>
  [...parts].sort((a, b) => a.count - b.count)

/**
 * Decides the partitions one after another, smallest first; the first illegal one ends the check. `goesOn` is called
 * before each, with its place in that order: false ends the check as if there were no more partitions.
 *
 * @throws MalformedHistoryError naming the operation, if the input is not a valid history.
 */
export const check = <S, I, O>(
  model: AnyModel<S, I, O>,
  history: History<I, O>,
  limits: Limits = {},
  goesOn: (place: number) => boolean = () => true,
): Result =>
  isNondeterministic(model)
    ? checkModel(determinize(model), history, limits, goesOn)
    : checkModel(model, history, limits, goesOn)

const checkModel = <S, I, O>(
  given: Model<S, I, O>,
  history: History<I, O>,
  limits: Limits,
  goesOn: (place: number) => boolean,
): Result => {
  const model = limits.watchLaws === true ? watchLaws(given) : given
  const budget = budgetOf(limits)
  const parts = isColumns(history) ? partsOfColumns(model, history) : partsOfOperations(model, history)
  const tally = new Tally()
  let undecided: (Decision & { readonly verdict: 'unknown' }) | null = null
  let undecidedPart: Part<I, O> | null = null
  let decided = 0
  for (const [place, part] of inOrder(parts).entries()) {
    if (!goesOn(place)) break
    const decision: Decision =
      budget.now() > budget.deadlineMs
        ? { verdict: 'unknown', reason: 'time', passed: 0 }
        : decide(model, part, Number.POSITIVE_INFINITY, budget, tally)
    if (decision.verdict === 'illegal') return { ...decision, engines: tally.engines }
    if (decision.verdict === 'ok') decided++
    else if (undecided === null) {
      undecided = decision
      undecidedPart = part
    }
  }
  const { engines } = tally
  if (undecided === null || undecidedPart === null)
    return { verdict: 'ok', partitions: parts.length, engines }
  const { reason, passed } = undecided
  const { key, count } = undecidedPart
  return {
    verdict: 'unknown',
    reason,
    partition: key,
    passed,
    operations: count,
    decided,
    partitions: parts.length,
    help: HELP[reason],
    engines,
  }
}
