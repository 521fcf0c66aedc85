/**
 * porcupine-ts: is a concurrent history linearizable with respect to a sequential model (Herlihy and Wing 1990)?
 *
 * `check` splits the history by the model's partition and decides each part, by a specialised engine where the model
 * has one and the part is of the kind it knows, else by the general search. It answers `ok`, `illegal` (with the
 * shortest prefix that cannot be linearized, and a small witness) or `unknown` (with the limit that ran out).
 * Unknown is never ok.
 */
import { compile, restricting } from './general/compile.ts'
import { determinize, isNondeterministic } from './general/determinize.ts'
import { type Budget, Search, type SearchResult } from './general/search.ts'
import { Transitions } from './general/transitions.ts'
import { partsOfColumns } from './history/columns.ts'
import { partsOfOperations } from './history/operations.ts'
import { calledBy, type Part, partOf } from './history/part.ts'
import { watchLaws } from './laws.ts'
import type { AnyModel, Columns, Engines, History, Illegal, Limits, Model, Result } from './model.ts'

/** A witness is proof enough: that no shorter prefix is illegal may cost so much more, and no more. */
const SHORTEN_MS = 500

type Decision = { readonly verdict: 'ok' } | Illegal | (SearchResult & { readonly verdict: 'unknown' })

/** What the engines said, kept for the result. */
class Tally {
  specialised = 0
  general = 0
  readonly declined = new Set<string>()

  get engines(): Engines {
    return { specialised: this.specialised, general: this.general, declined: [...this.declined] }
  }
}

/** Operations called before `end`, and of them the ones given, by their index in the input. */
const indicesOf = (part: Part<unknown, unknown>, positions: ArrayLike<number>): Int32Array =>
  Int32Array.from(positions, (position) => part.index[position] as number)

const prefixOf = (part: Part<unknown, unknown>, end: number): Int32Array =>
  part.index.slice(0, calledBy(part, end))

/** The general search over some operations of a part. The position of the blocked one is in the part. */
const search = <S, I, O>(
  model: Model<S, I, O>,
  part: Part<I, O>,
  positions: readonly number[],
  end: number,
  budget: Budget,
): { readonly result: SearchResult; readonly blocked: number } => {
  const whole = positions.length === part.count && end === Number.POSITIVE_INFINITY
  const some = whole ? part : partOf(part, positions, end)
  const compiled = compile(model, some)
  const machine = new Transitions(model, some, compiled.classOf)
  const result = new Search(compiled, machine, budget).run(machine.intern(model.init()))
  const event = result.verdict === 'illegal' ? (compiled.events[result.event] as number) : 0
  return { result, blocked: positions[event >> 1] as number }
}

const searchAll = <S, I, O>(
  model: Model<S, I, O>,
  part: Part<I, O>,
  end: number,
  budget: Budget,
): Decision => {
  const { result, blocked } = search(model, part, restricting(model, part, end), end, budget)
  if (result.verdict !== 'illegal') return result
  const prefix = prefixOf(part, part.return[blocked] as number)
  return {
    verdict: 'illegal',
    partition: part.key,
    blocked: part.index[blocked] as number,
    prefix,
    witness: prefix,
    shortest: true,
  }
}

/**
 * From a witness to the shortest prefix: some operation of the witness could not return as it did. If what came
 * before that moment is linearizable, no shorter prefix is illegal; else the same again with that.
 */
const explain = <S, I, O>(
  model: Model<S, I, O>,
  part: Part<I, O>,
  witness: readonly number[],
  end: number,
  budget: Budget,
): Decision => {
  const { result, blocked } = search(model, part, witness, end, budget)
  if (result.verdict === 'unknown') return result
  if (result.verdict === 'ok')
    throw new Error(`porcupine-ts: two engines disagree on part ${part.key}: please report this history`)
  const blockedEnd = part.return[blocked] as number
  const deadlineMs = Math.min(budget.deadlineMs, budget.now() + SHORTEN_MS)
  const earlier = decide(model, part, blockedEnd, { ...budget, deadlineMs }, null)
  if (earlier.verdict === 'illegal') return earlier
  return {
    verdict: 'illegal',
    partition: part.key,
    blocked: part.index[blocked] as number,
    prefix: prefixOf(part, blockedEnd),
    witness: indicesOf(
      part,
      witness.filter((position) => (part.call[position] as number) <= blockedEnd),
    ),
    shortest: earlier.verdict === 'ok',
  }
}

/** Decides what a part was at `end`. */
const decide = <S, I, O>(
  model: Model<S, I, O>,
  part: Part<I, O>,
  end: number,
  budget: Budget,
  tally: Tally | null,
): Decision => {
  const special = model.specialised?.(part, end)
  if (tally !== null && special?.verdict === 'declined') tally.declined.add(special.reason)
  if (special === undefined || special.verdict === 'declined') {
    if (tally !== null) tally.general++
    return searchAll(model, part, end, budget)
  }
  if (tally !== null) tally.specialised++
  return special.verdict === 'ok' ? special : explain(model, part, special.witness, end, budget)
}

const HELP = {
  time: 'more time, fewer operations on one object, or fewer that never return',
  memory: 'more memory, fewer operations on one object, or fewer that never return',
} as const

/** What the limits leave from now on. */
export const budgetOf = ({ timeMs, memoryBytes }: Limits): Budget => {
  const now = (): number => performance.now()
  return {
    now,
    deadlineMs: now() + (timeMs ?? Number.POSITIVE_INFINITY),
    memoryBytes: memoryBytes ?? Number.POSITIVE_INFINITY,
  }
}

export const isColumns = <I, O>(history: History<I, O>): history is Columns => 'kind' in history

/** Small ones first: a limit then leaves the fewest undecided. */
export const inOrder = <I, O>(parts: readonly Part<I, O>[]): readonly Part<I, O>[] =>
  [...parts].sort((a, b) => a.count - b.count)

/**
 * Partitions are decided one after another, smallest first; the first illegal one ends the check. `goesOn` is asked
 * before each, by its place in that order: false ends the check as if there were no more.
 *
 * @throws MalformedHistoryError naming the operation, where the input is no history.
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
    const decision = decide(model, part, Number.POSITIVE_INFINITY, budget, tally)
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
