/**
 * Counters whose adds add different amounts, all of them positive or all negative. Deciding these is NP-complete (a
 * subset sum is hidden in them: Gibbons and Korach 1997). The search below is bounded by how many adds are open at once.
 *
 * Each add changes the value in the same direction, so the values that were read are the order of the reads, and each add
 * takes effect in a gap between two values that follow each other. What was read before its call and after its return
 * gives the first and the last such gap. The amounts in each gap must add up to the difference of its two values.
 *
 * The search goes from value to value. A state is the set of the adds that took effect. The next add must be called no
 * later than the first return of one that did not take effect: these adds are all open at that moment. So a state is that
 * first one, and which of the adds that are open when it returns took effect: for k adds open at once and n in all, at most
 * n times 2^k states. Only sets whose amounts add up to what was read are kept. Of adds of the same amount, the one that
 * returns first is taken first: in an order with another one before it, the two can be exchanged, as both are open at the
 * place of the first. So the factor is not 2^k, but for each amount the number of its adds that are open. An add that
 * never returned is taken after all others of its amount, and those in order of their calls.
 *
 * There is an order if and only if some state reaches the last value: the adds that are left can follow it in order of
 * their calls. A search in depth finds one soon in most histories. If it takes long, as where there is none, all states
 * with one value lead to all with the next, and nothing before has to be remembered. If there are too many states between
 * two values, some are dropped: an order that is found still is one, but if none is, the engine declines. It also declines
 * after so many states that a few seconds are over.
 */
import { float64 } from '../history/allocate.ts'
import type { Part } from '../history/part.ts'
import type { CounterInput, CounterOutput } from '../models/calls.ts'
import { Declined } from './declined.ts'
import { StateSet } from './state-set.ts'
import { StateStack } from './state-stack.ts'
import { type SumsLog, sumsLogOf } from './sums-log.ts'

/** Depth first, so many states are looked at for each operation. */
const MOST_VISITS = 64

/** Depth first, so many states are known, and then forgotten: this only costs time. */
const MOST_KNOWN = 2 ** 18

/** All together, so many states between two values that were read; more are dropped. */
const MOST_STATES = 2 ** 16

/** All together, so many states in all: a few seconds. */
const MOST_WIDE_VISITS = 2 ** 24

const NONE = -1

/** Open adds of one amount, in order of their calls. */
interface Amount {
  readonly code: number
  readonly adds: readonly number[]
  /** In the number that holds how many of each amount took effect: what one of this amount counts. */
  readonly unit: number
}

/** How many open adds of each amount took effect is one number. */
const amountsOf = ({ open }: SumsLog): readonly Amount[] => {
  const byCode = Map.groupBy(
    Array.from({ length: open.count }, (_, i) => i),
    (i) => open.code[i] as number,
  )
  let unit = 1
  const amounts: Amount[] = []
  for (const [code, adds] of byCode) {
    amounts.push({ code, adds, unit })
    unit *= adds.length + 1
  }
  if (!Number.isSafeInteger(unit)) throw new Declined('too many adds of different amounts never returned')
  return amounts
}

/** Whether every value can be reached at all: the least and the greatest sum before it. */
const isWithinBounds = ({ value, done, open }: SumsLog): boolean => {
  const least = float64(value.length + 1)
  const greatest = float64(value.length + 1)
  const count = (sums: Float64Array, from: number, amount: number): void => {
    sums[from] = (sums[from] as number) + amount
  }
  for (let i = 0; i < done.count; i++) {
    count(least, (done.last[i] as number) + 1, done.amount[i] as number)
    count(greatest, (done.first[i] as number) + 1, done.amount[i] as number)
  }
  for (let i = 0; i < open.count; i++)
    count(greatest, (open.first[i] as number) + 1, open.amount[i] as number)
  let [certain, possible] = [0, 0]
  for (let level = 0; level < value.length; level++) {
    certain += least[level] as number
    possible += greatest[level] as number
    const found = value[level] as number
    if (found < certain || found > possible) return false
  }
  return true
}

/** Where the amounts of open adds begin in the order in which amounts are taken: after all that may be beside. */
const OPEN = 32

/**
 * first: the first add that did not take effect. taken: the bits of later ones that did. open: how many open ones did.
 * place: in this gap, only amounts from this place on are still taken; 0: all.
 */
type Reach = (gap: number, first: number, taken: number, open: number, place: number, sum: number) => void

/** The states that follow a state in a gap. Each set of adds that take effect in a gap is reached in one order only. */
class Steps {
  readonly #log: SumsLog
  readonly #amounts: readonly Amount[]
  readonly #reach: Reach
  /** For each amount, the last state at which it was looked at. */
  readonly #seen: Float64Array
  #looked = 0

  constructor(log: SumsLog, reach: Reach) {
    this.#log = log
    this.#reach = reach
    this.#amounts = amountsOf(log)
    this.#seen = float64(log.amounts)
  }

  /** Reaches those last that are the most likely to lead to the end. */
  from(gap: number, first: number, taken: number, open: number, place: number, sum: number): void {
    this.#looked++
    const { done } = this.#log
    const mayBeFirst = first < done.count && (done.first[first] as number) <= gap
    if (place > 0 || !mayBeFirst || (done.last[first] as number) > gap) {
      if (mayBeFirst) this.#seen[done.code[first] as number] = this.#looked
      this.#placeBeside(gap, first, taken, open, place, sum)
      this.#placeOpen(gap, first, taken, open, place, sum)
    }
    if (place === 0 && mayBeFirst) this.#placeFirst(gap, first, taken, open, sum)
  }

  #placeFirst(gap: number, first: number, taken: number, open: number, sum: number): void {
    const { done, slot } = this.#log
    let left = taken
    let next = first + 1
    for (; next < done.count; next++) {
      const bit = 1 << (slot[next] as number)
      if ((left & bit) === 0) break
      left &= ~bit
    }
    this.#reach(gap, next, left, open, 0, sum + (done.amount[first] as number))
  }

  /** Others take effect, and the first one does not in this gap. So neither do others of its amount. */
  #placeBeside(gap: number, first: number, taken: number, open: number, place: number, sum: number): void {
    const { done, from, beside, slot } = this.#log
    if (first === done.count) return
    const start = from[first] as number
    const end = from[first + 1] as number
    for (let i = start + 1; i < end; i++) {
      const code = done.code[beside[i] as number] as number
      if (this.#seen[code] === this.#looked) continue
      const add = this.#nextOf(code, i, end, taken, gap)
      if (add === NONE) continue
      this.#seen[code] = this.#looked
      // The place of an amount is that of its first add that is open, whether that one took effect or not.
      if (i - start < place) continue
      const bit = 1 << (slot[add] as number)
      this.#reach(gap, first, taken | bit, open, i - start, sum + (done.amount[add] as number))
    }
  }

  /** The first of these adds that is of this amount, did not take effect and may in this gap. */
  #nextOf(code: number, start: number, end: number, taken: number, gap: number): number {
    const { done, beside, slot } = this.#log
    for (let i = start; i < end; i++) {
      const add = beside[i] as number
      if (done.code[add] !== code || (taken & (1 << (slot[add] as number))) !== 0) continue
      if ((done.first[add] as number) <= gap) return add
    }
    return NONE
  }

  /** Adds that never returned take effect: only of amounts of which no other add could. */
  #placeOpen(gap: number, first: number, taken: number, counts: number, place: number, sum: number): void {
    const { done, open } = this.#log
    const by = first === done.count ? Number.POSITIVE_INFINITY : (done.return[first] as number)
    for (let i = 0; i < this.#amounts.length; i++) {
      const { code, adds, unit } = this.#amounts[i] as Amount
      if (this.#seen[code] === this.#looked || OPEN + i < place) continue
      const add = adds[Math.floor(counts / unit) % (adds.length + 1)]
      if (add === undefined || (open.call[add] as number) > by || (open.first[add] as number) > gap) continue
      this.#reach(gap, first, taken, counts + unit, OPEN + i, sum + (open.amount[add] as number))
    }
  }
}

/** Whether the state has the next value; null: it can never be part of an order. */
const isThere = ({ value, done }: SumsLog, gap: number, first: number, sum: number): boolean | null => {
  const goal = value[gap + 1] as number
  if (sum !== goal) return sum < goal ? false : null
  return first === done.count || (done.last[first] as number) > gap ? true : null
}

/** Depth first: finds an order soon if there are many. Null: it gave up. */
const goDeep = (log: SumsLog): boolean | null => {
  const last = log.value.length - 1
  const stack = new StateStack()
  const known = new StateSet()
  const steps = new Steps(log, (gap, first, taken, open, place, sum) => {
    const there = isThere(log, gap, first, sum)
    if (there === null) return
    if (!there) stack.push(gap, first, taken, open, place, sum)
    else if (known.add(first, taken, open, 0)) stack.push(gap + 1, first, taken, open, 0, sum)
    if (known.size >= MOST_KNOWN) known.clear()
  })
  stack.push(0, 0, 0, 0, 0, 0)
  let visits = MOST_VISITS * (log.done.count + log.open.count + last + 1)
  while (stack.size > 0) {
    if (--visits < 0) return null
    const at = stack.pop()
    const gap = stack.gap[at] as number
    if (gap === last) return true
    steps.from(
      gap,
      stack.first[at] as number,
      stack.taken[at] as number,
      stack.open[at] as number,
      stack.place[at] as number,
      stack.sum[at] as number,
    )
  }
  return stack.isComplete ? false : null
}

/** From all states with one value to all with the next one. */
const goWide = (log: SumsLog): boolean => {
  let states = new StateSet()
  let next = new StateSet()
  let sums: Float64Array = float64(64)
  let isComplete = true
  const steps = new Steps(log, (gap, first, taken, open, place, sum) => {
    const there = isThere(log, gap, first, sum)
    if (there === null) return
    const to = there ? next : states
    if (to.size >= MOST_STATES) isComplete = false
    else if (to.add(first, taken, open, there ? 0 : place) && !there) {
      if (to.size > sums.length) sums = doubled(sums)
      sums[to.size - 1] = sum
    }
  })
  next.add(0, 0, 0, 0)
  let visits = MOST_WIDE_VISITS
  for (let gap = 0; gap + 1 < log.value.length; gap++) {
    ;[states, next] = [next, states]
    next.clear()
    while (sums.length < states.size) sums = doubled(sums)
    sums.fill(log.value[gap] as number, 0, states.size)
    for (let at = 0; at < states.size; at++) {
      const { a, b, c, d } = states
      steps.from(gap, a[at] as number, b[at] as number, c[at] as number, d[at] as number, sums[at] as number)
    }
    visits -= states.size
    if (visits < 0 || (next.size === 0 && !isComplete))
      throw new Declined('too many adds of different amounts are open at once')
    if (next.size === 0) return false
  }
  return true
}

const doubled = (numbers: Float64Array): Float64Array => {
  const more = float64(2 * numbers.length)
  more.set(numbers)
  return more
}

/** @throws Declined if it cannot be decided here. */
export const canAddUp = (part: Part<CounterInput, CounterOutput>, end: number): boolean => {
  const log = sumsLogOf(part, end)
  if (log === null || !isWithinBounds(log)) return false
  return goDeep(log) ?? goWide(log)
}
