/**
 * porcupine-ts: is a concurrent history linearizable with respect to a sequential model (Herlihy and Wing 1990)?
 *
 * `check` splits the history by the model's partition and decides each part. A specialised engine decides if the model
 * has one and it knows the kind of history; otherwise the general search does. The answer is `ok`, `illegal` (with the
 * shortest prefix that cannot be linearized, and a small witness) or `unknown` (with the limit that ran out, and each
 * partition that was not decided). Unknown is never ok.
 */
import { type Decision, decide, Tally } from './decide.ts'
import type { Budget } from './general/budget.ts'
import { determinize, isNondeterministic } from './general/determinize.ts'
import { partsOfColumns } from './history/columns.ts'
import { partsOfOperations } from './history/operations.ts'
import type { Part } from './history/part.ts'
import { watchLaws } from './laws.ts'
import type { AnyModel, Columns, History, Illegal, Limits, Model, Result, Undecided } from './model.ts'

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
 * Decides the partitions one after another, smallest first; the first illegal one ends the check. If several are asked for, all
 * are looked at: once there are so many, the others only up to the time when the last of these failed. A partition that takes
 * more than its share of the time is put off: if no partition is illegal, those that were put off share what is left of the time,
 * again and again until it is used up. `goesOn` is called before each, with its place in that order: false ends the check as if
 * there were no more partitions.
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

/** Of the time limit, this share is divided evenly among all partitions; the rest among those left undecided. */
const FIRST_SHARE = 0.5

const checkModel = <S, I, O>(
  given: Model<S, I, O>,
  history: History<I, O>,
  limits: Limits,
  goesOn: (place: number) => boolean,
): Result => {
  const model = limits.watchLaws === true ? watchLaws(given) : given
  const budget = budgetOf(limits)
  const parts = isColumns(history) ? partsOfColumns(model, history) : partsOfOperations(model, history)
  const rounds = new Rounds(model, budget, limits.mostIllegal ?? 1)
  const placed = inOrder(parts).map((part, place) => ({ part, place }))
  const eachMs = (FIRST_SHARE * (limits.timeMs ?? Number.POSITIVE_INFINITY)) / parts.length
  rounds.run(placed, goesOn, () => (parts.length === 1 ? Number.POSITIVE_INFINITY : eachMs))
  // What one leaves of its share is for those after it, so another round may decide what the last one did not.
  while (rounds.illegal.length === 0 && budget.now() < budget.deadlineMs) {
    const late = rounds.outOfTime(placed)
    const shareMs = (at: number): number => (budget.deadlineMs - budget.now()) / (late.length - at)
    if (late.length === 0 || !rounds.run(late, goesOn, shareMs)) break
  }
  return rounds.result(parts.length)
}

/** Compares what failed: the first comes first. */
export const byFailure = (a: Illegal, b: Illegal): number => a.failedAt - b.failedAt

interface Placed<I, O> {
  readonly part: Part<I, O>
  readonly place: number
}

/** Decides partitions one after another, and collects what was found. */
class Rounds<S, I, O> {
  readonly illegal: Illegal[] = []
  readonly #undecided = new Map<number, Undecided>()
  readonly #model: Model<S, I, O>
  readonly #budget: Budget
  readonly #mostIllegal: number
  readonly #tally = new Tally()
  #decided = 0

  constructor(model: Model<S, I, O>, budget: Budget, mostIllegal: number) {
    this.#model = model
    this.#budget = budget
    this.#mostIllegal = mostIllegal
  }

  /** False: the others are not to be looked at. @param limitMs how long the n-th of them may take */
  run(
    placed: readonly Placed<I, O>[],
    goesOn: (place: number) => boolean,
    limitMs: (n: number) => number,
  ): boolean {
    for (const [n, { part, place }] of placed.entries()) {
      const isEnough = this.illegal.length >= this.#mostIllegal
      if ((isEnough && this.#mostIllegal === 1) || !goesOn(place)) return false
      const until = isEnough ? (this.illegal.at(-1) as Illegal).failedAt : Number.POSITIVE_INFINITY
      const decision = this.#decide(part, until, limitMs(n))
      this.#undecided.delete(place)
      if (decision.verdict === 'illegal') this.#found(decision)
      else if (decision.verdict === 'ok') this.#decided++
      else if (!isEnough) {
        const { reason, passed } = decision
        this.#undecided.set(place, { reason, partition: part.key, passed, operations: part.count })
      }
    }
    return true
  }

  /** Those that failed first stay, in order of their failures. */
  #found(illegal: Illegal): void {
    this.illegal.push(illegal)
    this.illegal.sort(byFailure)
    this.illegal.length = Math.min(this.illegal.length, this.#mostIllegal)
  }

  /** Those that more time might decide. */
  outOfTime(placed: readonly Placed<I, O>[]): readonly Placed<I, O>[] {
    return placed.filter(({ place }) => this.#undecided.get(place)?.reason === 'time')
  }

  /** @param until what returned then, or later, counts as not returned */
  #decide(part: Part<I, O>, until: number, limitMs: number): Decision {
    const { now, deadlineMs: endMs } = this.#budget
    const startMs = now()
    if (startMs > endMs) return { verdict: 'unknown', reason: 'time', passed: 0 }
    const deadlineMs = Math.min(endMs, startMs + limitMs)
    return decide(this.#model, part, until, { ...this.#budget, deadlineMs, endMs }, this.#tally)
  }

  result(partitions: number): Result {
    const { engines } = this.#tally
    const [illegal, ...others] = this.illegal
    const undecided = [...this.#undecided.values()]
    const [first] = undecided
    if (illegal !== undefined) return { ...illegal, others, undecided, engines }
    if (first === undefined) return { verdict: 'ok', partitions, engines }
    const help = HELP[first.reason]
    return { verdict: 'unknown', ...first, undecided, decided: this.#decided, partitions, help, engines }
  }
}
