/**
 * Counters. Those whose adds add different amounts are decided in `sums.ts`, those whose adds all add the same in `ranks.ts`:
 * values are known from reads, and from adds that returned the new value.
 */
import { calledBy, type Part } from '../history/part.ts'
import type { SpecialResult } from '../model.ts'
import type { CounterInput, CounterOutput } from '../models/calls.ts'
import { Declined, declined } from './declined.ts'
import { isPossible, type Ranks, type Told } from './ranks.ts'
import { canAddUp } from './sums.ts'

/** The amount of all adds; 1 if there is none. Null: they add different amounts. */
const commonDelta = (part: Part<CounterInput, CounterOutput>, count: number): number | null => {
  let common: number | null = null
  for (let i = 0; i < count; i++) {
    const input = part.input(i)
    if (input.f === 'read' || input.delta === 0) continue
    if (common !== null && common !== input.delta) return null
    common = input.delta
  }
  return common ?? 1
}

const readCounts = (part: Part<CounterInput, CounterOutput>, end: number, delta: number): Ranks => {
  const count = calledBy(part, end)
  const told: Told[] = []
  const done: number[] = []
  const open: number[] = []
  const ranks = new Map<number, number>()
  for (let i = 0; i < count; i++) {
    const input = part.input(i)
    const value = part.output(i)?.value ?? null
    const returned = part.return[i] as number
    const isOpen = returned >= end || returned === Number.POSITIVE_INFINITY
    const isAdd = input.f === 'add' && input.delta !== 0
    if (isAdd && isOpen && value !== null) throw new Declined('an add that told the value had not returned')
    if (isAdd) (isOpen ? open : done).push(i)
    if (isOpen || value === null) continue
    const rank = value / delta
    told.push({ operation: i, value: rank, before: isAdd ? rank - 1 : rank })
    if (isAdd) ranks.set(i, rank)
  }
  return { part, told, done, open, ranks, mayHave: new Map() }
}

export const decideCounter = (part: Part<CounterInput, CounterOutput>, end: number): SpecialResult => {
  try {
    const delta = commonDelta(part, calledBy(part, end))
    if (delta === null ? canAddUp(part, end) : isPossible(readCounts(part, end, delta)))
      return { verdict: 'ok' }
    // A read may need every add, so only the whole history is a proof.
    return { verdict: 'illegal', witness: Array.from({ length: calledBy(part, end) }, (_, i) => i) }
  } catch (error) {
    if (error instanceof Declined) return declined(error.reason)
    throw error
  }
}
