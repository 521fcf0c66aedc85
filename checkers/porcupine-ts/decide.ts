/**
 * Decides one part: by the model's specialised engine if that knows the kind of history, otherwise by the general
 * search. An illegal part is reduced to its shortest illegal prefix, and a witness.
 */

import type { Budget, SearchResult } from './general/budget.ts'
import { compile, restricting } from './general/compile.ts'
import { Search } from './general/search.ts'
import { isStuck } from './general/stuck.ts'
import { Transitions } from './general/transitions.ts'
import { calledBy, type Part, partOf } from './history/part.ts'
import type { Engines, Illegal, Model } from './model.ts'

/** For a longer witness, the engine that found it finds the shortest prefix faster than a search does. */
const LONG_WITNESS = 16

/** The witness is already a proof. So much more may be spent on showing that no shorter prefix is illegal. */
const SHORTEN_MS = 500
const SHORTEN_BYTES = 2 ** 26

const toShorten = (budget: Budget): Budget => {
  const endMs = Math.min(budget.endMs ?? budget.deadlineMs, budget.now() + SHORTEN_MS)
  const memoryBytes = Math.min(budget.memoryBytes, SHORTEN_BYTES)
  return { ...budget, deadlineMs: endMs, endMs, memoryBytes }
}

export type Decision =
  | { readonly verdict: 'ok' }
  | Illegal
  | { readonly verdict: 'unknown'; readonly reason: 'time' | 'memory'; readonly passed: number }

/** Counts what the engines did, for the result. */
export class Tally {
  specialised = 0
  general = 0
  readonly declined = new Set<string>()

  get engines(): Engines {
    return { specialised: this.specialised, general: this.general, declined: [...this.declined] }
  }
}

/** The operations at these positions, by their index in the input. */
const indicesOf = (part: Part<unknown, unknown>, positions: ArrayLike<number>): Int32Array =>
  Int32Array.from(positions, (position) => part.index[position] as number)

const calledIn = (
  part: Part<unknown, unknown>,
  positions: readonly number[],
  end: number,
): readonly number[] => positions.filter((position) => (part.call[position] as number) <= end)

const prefixOf = (part: Part<unknown, unknown>, end: number): Int32Array =>
  part.index.slice(0, calledBy(part, end))

/**
 * The general search over some operations of a part. `blocked`: the position in the part of the operation whose return
 * no configuration passed (yet).
 */
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
  const machine = new Transitions(model, some, compiled.classOf, budget)
  const result = new Search(compiled, machine, budget).run([machine.intern(model.init())])
  const event = result.verdict === 'ok' ? 0 : (compiled.events[result.event] as number)
  return { result, blocked: positions[event >> 1] as number }
}

/**
 * Configurations that are visited before the search is tested for being stuck: the greater of `FIRST_VISITS` and
 * `VISITS_AN_OPERATION` for each operation. Each later test comes after `MORE` times as many.
 */
const FIRST_VISITS = 20_000
const VISITS_AN_OPERATION = 8
const MORE = 8

const isGivenUp = (result: SearchResult): boolean =>
  result.verdict === 'unknown' && result.reason === 'visits'

const searchAll = <S, I, O>(
  model: Model<S, I, O>,
  part: Part<I, O>,
  end: number,
  budget: Budget,
): Decision => {
  const positions = restricting(model, part, end)
  const first = Math.max(FIRST_VISITS, VISITS_AN_OPERATION * positions.length)
  let { result, blocked } = search(model, part, positions, end, { ...budget, visits: first })
  for (let visits = MORE * first; isGivenUp(result); visits *= MORE) {
    if (isStuck(model, partOf(part, positions, end), positions.indexOf(blocked), budget)) break
    ;({ result, blocked } = search(model, part, positions, end, { ...budget, visits }))
  }
  if (result.verdict === 'ok') return result
  if (result.verdict === 'unknown' && result.reason !== 'visits')
    return { verdict: 'unknown', reason: result.reason, passed: result.passed }
  const failedAt = part.return[blocked] as number
  const prefix = prefixOf(part, failedAt)
  return {
    verdict: 'illegal',
    partition: part.key,
    blocked: part.index[blocked] as number,
    failedAt,
    prefix,
    witness: prefix,
    shortest: true,
  }
}

/**
 * The shortest illegal prefix by the specialised engine alone, found by bisection: if a prefix is illegal, longer ones
 * are too. Null if the engine declines one of them.
 */
const halve = <S, I, O>(
  model: Model<S, I, O>,
  part: Part<I, O>,
  found: readonly number[],
  end: number,
  budget: Budget,
): Illegal | null => {
  const ends = Float64Array.from(new Set(part.return.filter((time) => time < end))).sort()
  let witness = found
  let legal = 0
  let illegal = ends.length
  while (illegal - legal > 1 && budget.now() < budget.deadlineMs) {
    const middle = (legal + illegal) >> 1
    const result = model.specialised?.(part, ends[middle] as number)
    if (result === undefined || result.verdict === 'declined') return null
    if (result.verdict === 'ok') legal = middle
    else {
      illegal = middle
      witness = result.witness
    }
  }
  return illegalUpTo(part, witness, ends[illegal] ?? end, illegal - legal === 1)
}

/** What a witness proves by itself: the history is illegal when the last operation of the witness returns. */
const illegalUpTo = (
  part: Part<unknown, unknown>,
  witness: readonly number[],
  end: number,
  shortest: boolean,
): Illegal => {
  const returned = (position: number): number => part.return[position] as number
  const over = witness.filter((position) => returned(position) < end)
  const blocked = over.reduce((last, position) => (returned(position) > returned(last) ? position : last))
  const blockedEnd = returned(blocked)
  return {
    verdict: 'illegal',
    partition: part.key,
    blocked: part.index[blocked] as number,
    failedAt: blockedEnd,
    prefix: prefixOf(part, blockedEnd),
    witness: indicesOf(part, calledIn(part, witness, blockedEnd)),
    shortest,
  }
}

/**
 * From a witness to the shortest prefix: some operation of the witness could not return as it did. If everything before
 * that return is linearizable, no shorter prefix is illegal. Otherwise the same is done with what came before it.
 */
const explain = <S, I, O>(
  model: Model<S, I, O>,
  part: Part<I, O>,
  witness: readonly number[],
  end: number,
  whole: Budget,
): Decision => {
  const budget = toShorten(whole)
  const halved = witness.length > LONG_WITNESS ? halve(model, part, witness, end, budget) : null
  if (halved !== null) return halved
  const { result, blocked } = search(model, part, witness, end, budget)
  if (result.verdict === 'unknown') return illegalUpTo(part, witness, end, false)
  if (result.verdict === 'ok')
    throw new Error(`porcupine-ts: two engines disagree on part ${part.key}: please report this history`)
  const blockedEnd = part.return[blocked] as number
  const earlier = decide(model, part, blockedEnd, budget, null)
  if (earlier.verdict === 'illegal') return earlier
  return {
    verdict: 'illegal',
    partition: part.key,
    blocked: part.index[blocked] as number,
    failedAt: blockedEnd,
    prefix: prefixOf(part, blockedEnd),
    witness: indicesOf(part, calledIn(part, witness, blockedEnd)),
    shortest: earlier.verdict === 'ok',
  }
}

/** Decides a part as it was at `end`. */
export const decide = <S, I, O>(
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
