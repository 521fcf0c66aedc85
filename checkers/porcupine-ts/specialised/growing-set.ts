/** Sets that only grow and are read as a whole: see `set.ts`. */
import type { SpecialResult } from '../model.ts'
import { declined } from './declined.ts'
import type { SetLog } from './set-log.ts'

const illegal = (operations: readonly number[]): SpecialResult => ({
  verdict: 'illegal',
  witness: [...new Set(operations)].sort((a, b) => a - b),
})

interface Chain {
  /** Reads, smaller sets first; reads of equal sets in order of their calls. */
  readonly reads: readonly number[]
  /** Element that was found -> the first of these reads that found it. */
  readonly since: ReadonlyMap<number, number>
}

const foundBy = ({ part }: SetLog, read: number): readonly number[] => part.output(read) as readonly number[]

/** The chain of the sets that were read, or the result if there is none. */
const chainOf = (log: SetLog): Chain | SpecialResult => {
  const size = (read: number): number => foundBy(log, read).length
  const reads = [...log.reads].sort((a, b) => size(a) - size(b) || a - b)
  const since = new Map<number, number>()
  let known = 0
  for (const [i, read] of reads.entries()) {
    const found = foundBy(log, read)
    if (found.some((element, at) => at > 0 && element <= (found[at - 1] as number))) return illegal([read])
    // It must contain everything that smaller sets contain.
    let again = 0
    for (const element of found) {
      const add = log.elements.get(element)?.add ?? null
      if (add === null) return illegal([read])
      if (since.has(element)) again++
      else since.set(element, i)
    }
    if (again < known) return illegal([...foundBefore(log, reads[i - 1] as number), read])
    known = found.length
  }
  return { reads, since }
}

/** A read, and the adds of the elements that it found. */
const foundBefore = (log: SetLog, read: number): readonly number[] => [
  read,
  ...foundBy(log, read).map((element) => log.elements.get(element)?.add as number),
]

/** A proof: an operation returned before the call of another one that, by a read, comes before it. */
const proof = (log: SetLog, { reads }: Chain, operation: number, level: number): SpecialResult =>
  illegal([
    ...(log.reads.includes(operation) ? foundBefore(log, operation) : [operation]),
    ...foundBefore(log, reads[level] as number),
  ])

/** The adds in the order that the chain forces, level by level; the last level has those that no read found. */
const levelsOf = (log: SetLog, { reads, since }: Chain): readonly (readonly number[])[] => {
  const levels: number[][] = Array.from({ length: reads.length + 1 }, () => [])
  for (const [value, { add }] of log.elements) {
    const level = since.get(value) ?? reads.length
    const isOpen = add === null || log.returned(add) === Number.POSITIVE_INFINITY
    if (add !== null && !(isOpen && level === reads.length)) levels[level]?.push(add)
  }
  return levels
}

export const decideGrowing = (log: SetLog): SpecialResult => {
  for (const { remove, present, absent } of log.elements.values())
    if (remove !== null || present.length > 0 || absent.length > 0)
      return declined('the whole set was read, and elements were removed or asked for')
  const chain = chainOf(log)
  if ('verdict' in chain) return chain
  // No operation may have returned before the call of one that comes earlier in the order.
  let latestCall = Number.NEGATIVE_INFINITY
  let latestLevel = 0
  const isLate = (operation: number): boolean => log.returned(operation) < latestCall
  const pass = (operation: number, level: number): void => {
    const call = log.part.call[operation] as number
    if (call <= latestCall) return
    latestCall = call
    latestLevel = level
  }
  for (const [level, adds] of levelsOf(log, chain).entries()) {
    const late = adds.find(isLate)
    if (late !== undefined) return proof(log, chain, late, latestLevel)
    for (const add of adds) pass(add, level)
    const read = chain.reads[level]
    if (read === undefined) break
    if (isLate(read)) return proof(log, chain, read, latestLevel)
    pass(read, level)
  }
  return { verdict: 'ok' }
}
