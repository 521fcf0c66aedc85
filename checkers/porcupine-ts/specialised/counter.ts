/**
 * Counters. Those whose adds add different amounts are decided in `sums.ts`.
 *
 * Counters whose adds all add the same amount, in n log n. Values are known from reads, and from adds that returned the
 * new value. The k-th add comes after every known value below k, and before every other. So each add has a least rank,
 * by what returned before its call, and a greatest rank, by what was called after its return. The ranks from 1 on must
 * be filled without a gap. These are jobs of one unit with release times and deadlines: Jackson's rule, earliest deadline
 * first, finds a schedule if there is one. By an exchange, adds that follow each other get ranks in that order too. An
 * add that never returned fills a gap where it can.
 */
import { float64 } from '../history/allocate.ts'
import { calledBy, type Part } from '../history/part.ts'
import { sortedPositions } from '../history/sort.ts'
import type { SpecialResult } from '../model.ts'
import type { CounterInput, CounterOutput } from '../models/calls.ts'
import { Declined, declined } from './declined.ts'
import { Heap } from './heap.ts'
import { canAddUp } from './sums.ts'

/** A known value: between the call and the return the counter was at `value` (and just before that, at `before`). */
interface Told {
  readonly operation: number
  readonly value: number
  readonly before: number
}

interface Counts {
  readonly part: Part<CounterInput, CounterOutput>
  readonly told: readonly Told[]
  /** Adds that returned, and adds that did not. */
  readonly done: readonly number[]
  readonly open: readonly number[]
  /** Add -> the rank that it returned; only for adds that returned the value. */
  readonly ranks: ReadonlyMap<number, number>
}

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

const readCounts = (part: Part<CounterInput, CounterOutput>, end: number, delta: number): Counts => {
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
  return { part, told, done, open, ranks }
}

/** For each position, the greatest value that returned before its call; 0 if none did. */
const floors = ({ part, told }: Counts, positions: readonly number[]): Float64Array => {
  const byReturn = sortedPositions(
    Float64Array.from(told, ({ operation }) => part.return[operation] as number),
  )
  const found = float64(positions.length)
  let passed = 0
  let greatest = 0
  for (const [i, position] of positions.entries()) {
    for (; passed < byReturn.length; passed++) {
      const { operation, value } = told[byReturn[passed] as number] as Told
      if ((part.return[operation] as number) >= (part.call[position] as number)) break
      greatest = Math.max(greatest, value)
    }
    found[i] = greatest
  }
  return found
}

/** For each position, the least `before` of what was called after its return; infinite if nothing was. */
const ceilings = ({ part, told }: Counts, positions: readonly number[]): Float64Array => {
  const byReturn = sortedPositions(
    Float64Array.from(positions, (position) => part.return[position] as number),
  )
  const found = float64(positions.length)
  let next = told.length - 1
  let least = Number.POSITIVE_INFINITY
  for (const i of byReturn.reverse()) {
    const returned = part.return[positions[i] as number] as number
    for (; next >= 0; next--) {
      const { operation, before } = told[next] as Told
      if ((part.call[operation] as number) <= returned) break
      least = Math.min(least, before)
    }
    found[i] = least
  }
  return found
}

interface RankedAdd {
  readonly release: number
  readonly deadline: number
  readonly optional: boolean
}

const jobsOf = (counts: Counts): RankedAdd[] => {
  const { done, open, ranks } = counts
  const earliest = floors(counts, done)
  const latest = ceilings(counts, done)
  const jobs = done.map((operation, i): RankedAdd => {
    const rank = ranks.get(operation)
    const release = (earliest[i] as number) + 1
    const deadline = latest[i] as number
    if (rank === undefined) return { release, deadline, optional: false }
    return { release: Math.max(release, rank), deadline: Math.min(deadline, rank), optional: false }
  })
  const openFrom = floors(counts, open)
  for (const from of openFrom)
    jobs.push({ release: from + 1, deadline: Number.POSITIVE_INFINITY, optional: true })
  return jobs.sort((a, b) => a.release - b.release)
}

/** Whether the ranks from 1 to at least `needed` can be filled so that every job that is not optional is done in time. */
const canSchedule = (jobs: readonly RankedAdd[], needed: number): boolean => {
  const ready = new Heap<RankedAdd>((a, b) =>
    a.deadline === b.deadline ? Number(a.optional) - Number(b.optional) : a.deadline - b.deadline,
  )
  let left = jobs.filter(({ optional }) => !optional).length
  let next = 0
  for (let rank = 1; left > 0 || rank <= needed; rank++) {
    for (; next < jobs.length && (jobs[next] as RankedAdd).release <= rank; next++)
      ready.push(jobs[next] as RankedAdd)
    const job = ready.pop()
    if (job === undefined || job.deadline < rank) return false
    if (!job.optional) left--
  }
  return true
}

const isPossible = (counts: Counts): boolean => {
  const { told, ranks } = counts
  if (told.some(({ value, before }) => !Number.isInteger(value) || before < 0)) return false
  const reads = told.filter(({ operation }) => !ranks.has(operation))
  const least = floors(
    counts,
    reads.map(({ operation }) => operation),
  )
  if (reads.some(({ value }, i) => value < (least[i] as number))) return false
  return canSchedule(
    jobsOf(counts),
    reads.reduce((greatest, { value }) => Math.max(greatest, value), 0),
  )
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
