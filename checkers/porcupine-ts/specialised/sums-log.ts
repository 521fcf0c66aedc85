/** The input of the engine for counters whose adds add different amounts: see `sums.ts`. */
import { float64, int32 } from '../history/allocate.ts'
import { calledBy, type Part } from '../history/part.ts'
import { sortedPositions } from '../history/sort.ts'
import type { CounterInput, CounterOutput } from '../models/calls.ts'
import { Declined } from './declined.ts'

/** A placed add is a bit in a word: so many adds may be open at once. */
const MOST_OPEN = 31

/** Adds in order of their returns, and those that never returned in order of their calls. Amounts are positive. */
interface Adds {
  readonly count: number
  readonly call: Float64Array
  readonly return: Float64Array
  readonly amount: Float64Array
  /** The amounts as small numbers. */
  readonly code: Int32Array
  /** The first and the last gap in which each may take effect. */
  readonly first: Int32Array
  readonly last: Int32Array
}

/** What was read: different values, ascending from 0. Gap g is between value g and the next one. */
interface Levels {
  readonly value: Float64Array
  /** The earliest return, and the latest call, of the reads of each value. */
  readonly earliestReturn: Float64Array
  readonly latestCall: Float64Array
}

export interface SumsLog {
  /** What was read: different values, ascending from 0. */
  readonly value: Float64Array
  /** How many different amounts there are. */
  readonly amounts: number
  readonly done: Adds
  readonly open: Adds
  /** Of an add that returned: others that are open when it returns, itself included, from `from[i]` to below `from[i + 1]`. */
  readonly from: Int32Array
  readonly beside: Int32Array
  /** Of an add that returned: its bit. Adds that are open at one moment have different ones. */
  readonly slot: Int32Array
}

interface Told {
  readonly call: number[]
  readonly return: number[]
  /** An amount, or the value that was read. */
  readonly number: number[]
}

const empty = (): Told => ({ call: [], return: [], number: [] })

interface Calls {
  readonly done: Told
  readonly open: Told
  readonly reads: Told
}

/** The adds, and the reads that returned; amounts and values with the sign of the amounts taken away. */
const callsOf = (part: Part<CounterInput, CounterOutput>, end: number): Calls => {
  const calls: Calls = { done: empty(), open: empty(), reads: empty() }
  const count = calledBy(part, end)
  let sign = 0
  let total = 0
  for (let i = 0; i < count; i++) {
    const input = part.input(i)
    const value = part.output(i)?.value ?? null
    const returned = part.return[i] as number
    const isOpen = returned >= end || returned === Number.POSITIVE_INFINITY
    if (input.f === 'read' ? isOpen || value === null : input.delta === 0 && (isOpen || value === null))
      continue
    if (input.f === 'add' && input.delta !== 0) {
      if (value !== null) throw new Declined('adds add different amounts, and told the value')
      if (sign * input.delta < 0)
        throw new Declined('adds add different amounts, some positive and some negative')
      sign = Math.sign(input.delta)
      total += Math.abs(input.delta)
      if (!Number.isSafeInteger(input.delta)) throw new Declined('an amount is not a whole number')
    }
    const isAdd = input.f === 'add' && input.delta !== 0
    const to = isAdd ? (isOpen ? calls.open : calls.done) : calls.reads
    to.call.push(part.call[i] as number)
    to.return.push(isOpen ? Number.POSITIVE_INFINITY : returned)
    to.number.push(isAdd ? Math.abs(input.delta) : (value as number))
  }
  if (!Number.isSafeInteger(total)) throw new Declined('the amounts are too large to be added up')
  if (sign < 0) for (const [i, value] of calls.reads.number.entries()) calls.reads.number[i] = -value
  return calls
}

/** Null: the reads alone contradict each other. */
const levelsOf = ({ call, return: end, number }: Told): Levels | null => {
  const order = sortedPositions(Float64Array.from(number))
  const value = [0]
  const earliestReturn = [Number.POSITIVE_INFINITY]
  const latestCall = [Number.NEGATIVE_INFINITY]
  let latest = Number.NEGATIVE_INFINITY
  for (const read of order) {
    const found = number[read] as number
    if (found < 0) return null
    if (found !== value.at(-1)) {
      latest = Math.max(latest, latestCall.at(-1) as number)
      value.push(found)
      earliestReturn.push(Number.POSITIVE_INFINITY)
      latestCall.push(Number.NEGATIVE_INFINITY)
    }
    // It found more than a read that was called after it had returned.
    if ((end[read] as number) < latest) return null
    const level = value.length - 1
    earliestReturn[level] = Math.min(earliestReturn[level] as number, end[read] as number)
    latestCall[level] = Math.max(latestCall[level] as number, call[read] as number)
  }
  return {
    value: Float64Array.from(value),
    earliestReturn: Float64Array.from(earliestReturn),
    latestCall: Float64Array.from(latestCall),
  }
}

/** For each time, the greatest level of which a read returned before it; 0 if there is none. */
const levelsBefore = (times: Float64Array, { earliestReturn }: Levels): Int32Array => {
  const byReturn = sortedPositions(earliestReturn)
  const found = int32(times.length)
  let passed = 0
  let greatest = 0
  for (const at of sortedPositions(times)) {
    for (; passed < byReturn.length; passed++) {
      const level = byReturn[passed] as number
      if ((earliestReturn[level] as number) >= (times[at] as number)) break
      greatest = Math.max(greatest, level)
    }
    found[at] = greatest
  }
  return found
}

/** For each time, the gap before the least level of which a read was called after it; the last gap if there is none. */
const gapsAfter = (times: Float64Array, { latestCall }: Levels): Int32Array => {
  const byCall = sortedPositions(latestCall).reverse()
  const found = int32(times.length)
  let passed = 0
  let least = latestCall.length
  for (const at of sortedPositions(times).reverse()) {
    for (; passed < byCall.length; passed++) {
      const level = byCall[passed] as number
      if ((latestCall[level] as number) <= (times[at] as number)) break
      least = Math.min(least, level)
    }
    found[at] = least - 1
  }
  return found
}

/** @param codes of the amounts so far */
const codesOf = (amounts: Float64Array, codes: Map<number, number>): Int32Array => {
  const found = int32(amounts.length)
  for (let i = 0; i < amounts.length; i++) {
    const amount = amounts[i] as number
    const code = codes.get(amount) ?? codes.size
    codes.set(amount, code)
    found[i] = code
  }
  return found
}

const addsOf = (told: Told, levels: Levels, keys: readonly number[], codes: Map<number, number>): Adds => {
  const order = sortedPositions(Float64Array.from(keys))
  const pick = (column: readonly number[]): Float64Array => {
    const picked = float64(order.length)
    for (let i = 0; i < order.length; i++) picked[i] = column[order[i] as number] as number
    return picked
  }
  const call = pick(told.call)
  const end = pick(told.return)
  const first = levelsBefore(call, levels)
  const last = gapsAfter(end, levels)
  const amount = pick(told.number)
  return { count: order.length, call, return: end, amount, code: codesOf(amount, codes), first, last }
}

/** Gives each add a bit, and finds what is open when it returns. */
const besideOf = ({ count, call, return: end }: Adds): Pick<SumsLog, 'from' | 'beside' | 'slot'> => {
  const byCall = sortedPositions(call)
  const from = int32(count + 1)
  const slot = int32(count)
  const beside: number[] = []
  // Those that were called and have not returned, in order of their returns.
  const open: number[] = []
  let used = 0
  let next = 0
  for (let add = 0; add < count; add++) {
    for (; next < count && (call[byCall[next] as number] as number) <= (end[add] as number); next++) {
      const called = byCall[next] as number
      // Those that returned before this call have left: only what is still open keeps its bit.
      const bit = 31 - Math.clz32(~used & -~used)
      if (bit >= MOST_OPEN || used === -1) throw new Declined(`more than ${MOST_OPEN} adds are open at once`)
      used |= 1 << bit
      slot[called] = bit
      let at = open.push(called) - 1
      for (; at > 0 && (open[at - 1] as number) > called; at--) open[at] = open[at - 1] as number
      open[at] = called
    }
    for (const each of open) beside.push(each)
    from[add + 1] = beside.length
    open.shift()
    used &= ~(1 << (slot[add] as number))
  }
  return { from, beside: Int32Array.from(beside), slot }
}

/** @throws Declined; null: the reads alone, or a read and an add, contradict each other. */
export const sumsLogOf = (part: Part<CounterInput, CounterOutput>, end: number): SumsLog | null => {
  const calls = callsOf(part, end)
  const levels = levelsOf(calls.reads)
  if (levels === null) return null
  const codes = new Map<number, number>()
  const done = addsOf(calls.done, levels, calls.done.return, codes)
  const open = addsOf(calls.open, levels, calls.open.call, codes)
  for (let add = 0; add < done.count; add++)
    if ((done.first[add] as number) > (done.last[add] as number)) return null
  return { value: levels.value, amounts: codes.size, done, open, ...besideOf(done) }
}
