/**
 * Registers whose written values are all different, in n log n (Gibbons and Korach, "Testing shared memories",
 * SIAM J. Comput. 1997, section 4.1.1), with writes that never returned, and with compare-and-set.
 *
 * The operations on one value form a cluster: its write and the reads of it. A compare-and-set from e to n writes n
 * directly after the cluster of e. So clusters form chains, and a chain is contiguous in every linearization: a block.
 * Only two times of a block matter: f, its first return, and s, its last call. Block i must come before block j exactly
 * if f(i) < s(j). There is an order if and only if two things hold: no two blocks must each come before the other, and
 * within each block no operation returned before the call of one that must precede it. (Longer cycles need no check, as
 * in the paper: of three blocks in a cycle, two already form one.)
 *
 * A write or compare-and-set that never returned, and whose value no operation saw, is left out: it may not have happened.
 *
 * The theory does not cover failed compare-and-sets, which saw any value but the expected one. They are inserted into
 * the order that was found for the rest. If that has no room for them, another order might, and the engine declines.
 */

import { float64, int32, uint8 } from '../history/allocate.ts'
import type { SpecialResult } from '../model.ts'
import { orderBlocks } from './blocks.ts'
import { type Blocks, type Clusters, NONE } from './clusters.ts'
import { Declined, declined } from './declined.ts'
import { placeMismatches } from './mismatches.ts'
import { CAS, INITIAL, NOT, READ, type RegisterLog, WRITE } from './register-log.ts'

/** Thrown if values contradict each other. Like `Declined`, it is not an Error. */
class Contradiction {
  readonly codes: readonly number[]
  constructor(codes: readonly number[]) {
    this.codes = codes
  }
}

const isPending = (log: RegisterLog, operation: number): boolean =>
  log.return[operation] === Number.POSITIVE_INFINITY

const findWriters = (log: RegisterLog): Int32Array => {
  const writer = int32(log.codes).fill(NONE)
  for (let i = 0; i < log.count; i++) {
    const kind = log.kind[i] as number
    if (kind !== WRITE && kind !== CAS) continue
    const value = log.value[i] as number
    if (kind === CAS && value === log.expected[i])
      throw new Declined('a compare-and-set replaces a value by itself')
    if (value === INITIAL) throw new Declined('the initial value is written again')
    if (writer[value] !== NONE) throw new Declined('a value is written twice')
    writer[value] = i
  }
  return writer
}

/** A value happened if its write returned, or if a read or a compare-and-set that happened saw it. */
const findHappened = (log: RegisterLog, writer: Int32Array): Pick<Clusters, 'happened' | 'because'> => {
  const happened = uint8(log.codes)
  const because = int32(log.codes)
  happened[INITIAL] = 1
  for (let i = 0; i < log.count; i++) {
    const kind = log.kind[i] as number
    if (kind !== READ && (kind === NOT || isPending(log, i))) continue
    // The value that a compare-and-set replaced happened too, and so on back to a write.
    for (let value = log.value[i] as number; happened[value] === 0; ) {
      const by = writer[value] as number
      if (by === NONE) throw new Contradiction([log.value[i] as number])
      happened[value] = 1
      because[value] = log.value[i] as number
      if (log.kind[by] === CAS) value = log.expected[by] as number
    }
  }
  return { happened, because }
}

const clusterOperations = (
  log: RegisterLog,
  writer: Int32Array,
  { happened, because }: Pick<Clusters, 'happened' | 'because'>,
): Clusters => {
  const next = int32(log.codes).fill(NONE)
  const first = float64(log.codes).fill(Number.POSITIVE_INFINITY)
  const last = float64(log.codes).fill(Number.NEGATIVE_INFINITY)
  // The initial value was there before anything was called.
  first[INITIAL] = Number.NEGATIVE_INFINITY
  for (let i = 0; i < log.count; i++) {
    const kind = log.kind[i] as number
    const value = log.value[i] as number
    if (kind === NOT || happened[value] === 0) continue
    const call = log.call[i] as number
    const end = log.return[i] as number
    if (kind === READ && value !== INITIAL && end < (log.call[writer[value] as number] as number))
      throw new Contradiction([value])
    if (end < (first[value] as number)) first[value] = end
    if (call > (last[value] as number)) last[value] = call
    if (kind !== CAS) continue
    const expected = log.expected[i] as number
    if (next[expected] !== NONE) throw new Contradiction([expected, value, next[expected] as number])
    next[expected] = value
  }
  return { writer, happened, because, next, first, last }
}

/** Follows each chain, and checks that no operation in it returned before the call of one that must precede it. */
const chainClusters = (log: RegisterLog, clusters: Clusters): Blocks => {
  const { writer, happened, next } = clusters
  const head: number[] = []
  let members = 0
  for (let code = 0; code < log.codes; code++) {
    if (happened[code] === 0) continue
    members++
    if (code === INITIAL || log.kind[writer[code] as number] === WRITE) head.push(code)
  }
  const first = float64(head.length)
  const last = float64(head.length)
  for (const [block, root] of head.entries()) {
    let earliest = Number.POSITIVE_INFINITY
    let latest = Number.NEGATIVE_INFINITY
    for (let code = root; code !== NONE; code = next[code] as number) {
      if ((clusters.first[code] as number) < latest) throw new Contradiction(chainUpTo(clusters, root, code))
      earliest = Math.min(earliest, clusters.first[code] as number)
      latest = Math.max(latest, clusters.last[code] as number)
      members--
    }
    first[block] = earliest
    last[block] = latest
  }
  // Values that no chain reaches belong to a ring of compare-and-sets, each of which would have to come first.
  if (members > 0) throw new Contradiction(findRing(log, clusters, head))
  return { head: new Int32Array(head), first, last }
}

const chainUpTo = ({ next }: Clusters, root: number, end: number): number[] => {
  const codes: number[] = []
  for (let code = root; ; code = next[code] as number) {
    codes.push(code)
    if (code === end) return codes
  }
}

const findRing = (log: RegisterLog, { happened, next }: Clusters, heads: readonly number[]): number[] => {
  const reached = uint8(log.codes)
  for (const root of heads)
    for (let code = root; code !== NONE; code = next[code] as number) reached[code] = 1
  const start = happened.findIndex((there, code) => there === 1 && reached[code] === 0)
  const ring = [start]
  for (let code = next[start] as number; code !== start; code = next[code] as number) ring.push(code)
  return ring
}

const clustersOf = ({ next }: Clusters, root: number): number[] => {
  const codes: number[] = []
  for (let code = root; code !== NONE; code = next[code] as number) codes.push(code)
  return codes
}

/** These values, and those that explain them: the values that they replaced, and why they happened. */
const close = (
  log: RegisterLog,
  writer: Int32Array,
  because: Int32Array,
  codes: readonly number[],
): Set<number> => {
  const wanted = new Set<number>()
  const left = [...codes]
  for (let code = left.pop(); code !== undefined; code = left.pop()) {
    if (wanted.has(code)) continue
    wanted.add(code)
    left.push(because[code] as number)
    const by = writer[code] as number
    if (by !== NONE && log.kind[by] === CAS) left.push(log.expected[by] as number)
  }
  return wanted
}

/** All operations on these values. If their clusters cannot be linearized, neither can these. */
const operationsOn = (log: RegisterLog, wanted: ReadonlySet<number>): number[] => {
  const found: number[] = []
  for (let i = 0; i < log.count; i++)
    if (log.kind[i] !== NOT && wanted.has(log.value[i] as number)) found.push(i)
  return found
}

export const checkRegister = (log: RegisterLog): SpecialResult => {
  let writer: Int32Array = int32(log.codes)
  let because: Int32Array = int32(log.codes)
  try {
    writer = findWriters(log)
    const known = findHappened(log, writer)
    because = known.because
    const clusters = clusterOperations(log, writer, known)
    const blocks = chainClusters(log, clusters)
    const order = orderBlocks(blocks.first, blocks.last)
    if ('conflict' in order)
      throw new Contradiction(
        order.conflict.flatMap((block) => clustersOf(clusters, blocks.head[block] as number)),
      )
    if (placeMismatches(log, clusters, blocks, order)) return { verdict: 'ok' }
    return declined('a failed compare-and-set does not fit the order found')
  } catch (error) {
    if (error instanceof Contradiction)
      return { verdict: 'illegal', witness: operationsOn(log, close(log, writer, because, error.codes)) }
    if (error instanceof Declined) return declined(error.reason)
    throw error
  }
}
