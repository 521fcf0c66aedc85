/**
 * Logs whose appends all append different values. Each append makes the log longer by one, so an append at offset p is the step to
 * rank p + 1, and a read of n values finds rank n (`ranks.ts`). The rank of an append is known if it returned its offset, or if a
 * read shows its value; all reads must be beginnings of the longest one.
 *
 * A value that a read shows was appended, also by an append that never returned. An append that returned at the end or later may
 * have happened, and if so, at the offset that it returned.
 */
import { calledBy, type Part } from '../history/part.ts'
import type { SpecialResult } from '../model.ts'
import type { LogInput, LogOutput, Scalar } from '../models/calls.ts'
import { Declined, declined } from './declined.ts'
import { isPossible, type Ranks, type Told } from './ranks.ts'

interface Log {
  readonly part: Part<LogInput, LogOutput>
  /** Value -> the position of its append. */
  readonly appends: ReadonlyMap<Scalar, number>
  /** The reads that returned, by position. */
  readonly reads: ReadonlyMap<number, readonly Scalar[]>
  readonly longest: readonly Scalar[]
  readonly isOpen: (position: number) => boolean
}

const readLog = (part: Part<LogInput, LogOutput>, end: number): Log => {
  const appends = new Map<Scalar, number>()
  const reads = new Map<number, readonly Scalar[]>()
  let longest: readonly Scalar[] = []
  const isOpen = (i: number): boolean => (part.return[i] as number) >= end || part.return[i] === Infinity
  const called = calledBy(part, end)
  for (let i = 0; i < called; i++) {
    const input = part.input(i)
    if (input.f === 'append') {
      if (appends.has(input.value)) throw new Declined('a value is appended twice')
      appends.set(input.value, i)
      continue
    }
    const found = part.output(i)
    if (isOpen(i) || found === undefined) continue
    reads.set(i, found as readonly Scalar[])
    if ((found as readonly Scalar[]).length > longest.length) longest = found as readonly Scalar[]
  }
  return { part, appends, reads, longest, isOpen }
}

const isBeginningOf = (longest: readonly Scalar[], values: readonly Scalar[]): boolean =>
  values.every((value, offset) => longest[offset] === value)

/** Append -> its rank. Null: what was read and what was returned contradict each other. */
const ranksIn = ({ part, appends, longest, isOpen }: Log): ReadonlyMap<number, number> | null => {
  const ranks = new Map<number, number>()
  for (let offset = 0; offset < longest.length; offset++) {
    const append = appends.get(longest[offset] as Scalar)
    // Nobody appended it, or it is there twice.
    if (append === undefined || ranks.has(append)) return null
    ranks.set(append, offset + 1)
  }
  for (const append of appends.values()) {
    const offset = part.output(append)
    if (typeof offset !== 'number') continue
    const rank = ranks.get(append)
    if (rank !== undefined && rank !== offset + 1) return null
    if (rank !== undefined || isOpen(append)) continue
    if (offset < longest.length) return null
    ranks.set(append, offset + 1)
  }
  return ranks
}

/** Appends that had not returned, with the ranks that they have if they happened. */
const possibleIn = (
  { part, appends, isOpen }: Log,
  ranks: ReadonlyMap<number, number>,
): ReadonlyMap<number, number> => {
  const taken = new Set(ranks.values())
  const possible = new Map<number, number>()
  for (const append of appends.values()) {
    if (!isOpen(append) || ranks.has(append)) continue
    const offset = part.output(append)
    if (typeof offset !== 'number') continue
    if (!taken.has(offset + 1)) possible.set(append, offset + 1)
    taken.add(offset + 1)
  }
  return possible
}

/** Null: the log contradicts itself. */
const ranksOf = (log: Log): Ranks | null => {
  const { part, appends, reads, longest, isOpen } = log
  if (![...reads.values()].every((values) => isBeginningOf(longest, values))) return null
  const ranks = ranksIn(log)
  if (ranks === null) return null
  const told: Told[] = [
    ...[...reads].map(([operation, { length }]) => ({ operation, value: length, before: length })),
    ...[...ranks].map(([operation, rank]) => ({ operation, value: rank, before: rank - 1 })),
  ]
  const positions = [...appends.values()]
  const done = positions.filter((append) => !isOpen(append))
  const mayHave = possibleIn(log, ranks)
  /** At the offset that it returned later, something else is: it had not happened. */
  const hadNot = (append: number): boolean =>
    !ranks.has(append) && !mayHave.has(append) && typeof part.output(append) === 'number'
  if (mayHave.size > 0 && done.some((append) => !ranks.has(append)))
    throw new Declined('an append had not returned its offset, and another one never told it')
  return {
    part,
    // In order of their calls.
    told: told.sort((a, b) => a.operation - b.operation),
    done,
    open: positions.filter((append) => isOpen(append) && !hadNot(append)),
    ranks,
    mayHave,
  }
}

export const decideAppendLog = (part: Part<LogInput, LogOutput>, end: number): SpecialResult => {
  try {
    const ranks = ranksOf(readLog(part, end))
    if (ranks !== null && isPossible(ranks)) return { verdict: 'ok' }
    // A read shows every append before it, so only the whole history is a proof.
    return { verdict: 'illegal', witness: Array.from({ length: calledBy(part, end) }, (_, i) => i) }
  } catch (error) {
    if (error instanceof Declined) return declined(error.reason)
    throw error
  }
}
