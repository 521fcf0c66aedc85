/**
 * Steps of one unit, each to the next rank: adds of a counter that all add the same, appends to a log. Decided in n log n.
 *
 * The k-th step comes after every known rank below k, and before every other. So each step has a least rank, by what returned
 * before its call, and a greatest rank, by what was called after its return. The ranks from 1 on must be filled without a gap.
 * These are jobs of one unit with release times and deadlines: Jackson's rule, earliest deadline first, finds a schedule if there
 * is one. By an exchange, steps that follow each other get ranks in that order too. A step that never returned fills a gap where
 * it can, unless its rank is known: then it has that one.
 */
import { float64 } from '../history/allocate.ts'
import type { Part } from '../history/part.ts'
import { sortedPositions } from '../history/sort.ts'
import { Heap } from './heap.ts'

/** A known value: between the call and the return the counter was at `value` (and just before that, at `before`). */
export interface Told {
  readonly operation: number
  readonly value: number
  readonly before: number
}

/** What is known of the steps of an object. */
export interface Ranks {
  readonly part: Pick<Part<unknown, unknown>, 'call' | 'return'>
  readonly told: readonly Told[]
  /** Steps that returned, and steps that did not. */
  readonly done: readonly number[]
  readonly open: readonly number[]
  /** Step -> its rank, if it is known. */
  readonly ranks: ReadonlyMap<number, number>
  /**
   * Step that did not return -> the rank that it has if it happened. Only where no other step is known to have this rank, and
   * the rank of each step that returned is known: then it does no harm there, since what it keeps away may not have happened.
   */
  readonly mayHave: ReadonlyMap<number, number>
}

/** Not `Float64Array.from`, which with a function is ten times slower. */
const timesAt = (column: Float64Array, positions: readonly number[]): Float64Array => {
  const times = float64(positions.length)
  for (let i = 0; i < positions.length; i++) times[i] = column[positions[i] as number] as number
  return times
}

/** For each position, the greatest value that returned before its call; 0 if none did. */
const floors = ({ part, told }: Ranks, positions: readonly number[]): Float64Array => {
  const returns = timesAt(
    part.return,
    told.map(({ operation }) => operation),
  )
  const byReturn = sortedPositions(returns)
  const found = float64(positions.length)
  let passed = 0
  let greatest = 0
  for (let i = 0; i < positions.length; i++) {
    const call = part.call[positions[i] as number] as number
    for (; passed < byReturn.length; passed++) {
      const at = byReturn[passed] as number
      if ((returns[at] as number) >= call) break
      greatest = Math.max(greatest, (told[at] as Told).value)
    }
    found[i] = greatest
  }
  return found
}

/** For each position, the least `before` of what was called after its return; infinite if nothing was. */
const ceilings = ({ part, told }: Ranks, positions: readonly number[]): Float64Array => {
  const byReturn = sortedPositions(timesAt(part.return, positions))
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

interface RankedStep {
  readonly release: number
  readonly deadline: number
  readonly optional: boolean
}

const jobsOf = (known: Ranks): RankedStep[] => {
  const { done, open, ranks, mayHave } = known
  const earliest = floors(known, done)
  const latest = ceilings(known, done)
  const jobs = done.map((operation, i): RankedStep => {
    const rank = ranks.get(operation)
    const release = (earliest[i] as number) + 1
    const deadline = latest[i] as number
    if (rank === undefined) return { release, deadline, optional: false }
    return { release: Math.max(release, rank), deadline: Math.min(deadline, rank), optional: false }
  })
  for (const [i, from] of floors(known, open).entries()) {
    const step = open[i] as number
    const [rank, possible] = [ranks.get(step), mayHave.get(step)]
    if (rank !== undefined) jobs.push({ release: Math.max(from + 1, rank), deadline: rank, optional: false })
    else if (possible === undefined)
      jobs.push({ release: from + 1, deadline: Number.POSITIVE_INFINITY, optional: true })
    else if (from < possible) jobs.push({ release: possible, deadline: possible, optional: true })
  }
  return jobs.sort((a, b) => a.release - b.release)
}

/** Whether the ranks from 1 to at least `needed` can be filled so that every job that is not optional is done in time. */
const canSchedule = (jobs: readonly RankedStep[], needed: number): boolean => {
  const ready = new Heap<RankedStep>((a, b) =>
    a.deadline === b.deadline ? Number(a.optional) - Number(b.optional) : a.deadline - b.deadline,
  )
  let left = jobs.filter(({ optional }) => !optional).length
  let next = 0
  for (let rank = 1; left > 0 || rank <= needed; rank++) {
    for (; next < jobs.length && (jobs[next] as RankedStep).release <= rank; next++)
      ready.push(jobs[next] as RankedStep)
    const job = ready.pop()
    if (job === undefined || job.deadline < rank) return false
    if (!job.optional) left--
  }
  return true
}

/** Whether the ranks can be filled as all that is known demands. */
export const isPossible = (known: Ranks): boolean => {
  const { told, ranks } = known
  if (told.some(({ value, before }) => !Number.isInteger(value) || before < 0)) return false
  const reads = told.filter(({ operation }) => !ranks.has(operation))
  const least = floors(
    known,
    reads.map(({ operation }) => operation),
  )
  if (reads.some(({ value }, i) => value < (least[i] as number))) return false
  return canSchedule(
    jobsOf(known),
    reads.reduce((greatest, { value }) => Math.max(greatest, value), 0),
  )
}
