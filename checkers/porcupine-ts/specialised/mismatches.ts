/**
 * Inserts failed compare-and-sets into an order of all other operations. An operation q can come after the first i
 * operations of an order if none of those was called after q returned, and none of the others returned before q was
 * called. These positions form a range. Each failed compare-and-set takes the lowest one at which the register holds
 * another value than the expected one.
 */
import { float64, int32 } from '../history/allocate.ts'
import type { Blocks, Clusters } from './clusters.ts'
import { INITIAL, NOT, READ, type RegisterLog } from './register-log.ts'

interface Order {
  /** Latest call among the first i operations; earliest return among the others. */
  readonly latestCall: Float64Array
  readonly earliestReturn: Float64Array
  /** The register holds a value at the positions from `from` to below `below`. */
  readonly from: Int32Array
  readonly below: Int32Array
}

const orderOperations = (
  log: RegisterLog,
  { happened, next }: Clusters,
  { head }: Blocks,
  blockOrder: Uint32Array,
): Order => {
  const size = int32(log.codes)
  let count = 0
  for (let i = 0; i < log.count; i++) {
    const code = log.value[i] as number
    if (log.kind[i] === NOT || happened[code] === 0) continue
    size[code] = (size[code] as number) + 1
    count++
  }
  const from = int32(log.codes).fill(-1)
  const below = int32(log.codes).fill(-1)
  const start = int32(log.codes)
  let at = 0
  for (const block of blockOrder) {
    for (let code = head[block] as number; code !== -1; code = next[code] as number) {
      start[code] = at
      // The value is there from its write to the next write.
      from[code] = code === INITIAL ? 0 : at + 1
      at += size[code] as number
      below[code] = at + 1
    }
  }
  // Within a cluster the write comes first, then the reads in order of their calls. This is the order of the log, except
  // for reads that were called before the write.
  const sequence = int32(count)
  const filled = int32(log.codes)
  for (let i = 0; i < log.count; i++) {
    const code = log.value[i] as number
    if (log.kind[i] === NOT || happened[code] === 0) continue
    const isWrite = log.kind[i] !== READ
    const place = isWrite ? 0 : (filled[code] as number) + (code === INITIAL ? 0 : 1)
    if (!isWrite) filled[code] = (filled[code] as number) + 1
    sequence[(start[code] as number) + place] = i
  }
  const latestCall = float64(count + 1).fill(Number.NEGATIVE_INFINITY)
  const earliestReturn = float64(count + 1).fill(Number.POSITIVE_INFINITY)
  for (let i = 0; i < count; i++)
    latestCall[i + 1] = Math.max(latestCall[i] as number, log.call[sequence[i] as number] as number)
  for (let i = count - 1; i >= 0; i--)
    earliestReturn[i] = Math.min(earliestReturn[i + 1] as number, log.return[sequence[i] as number] as number)
  return { latestCall, earliestReturn, from, below }
}

/** The lowest index from which on `holds` is true, for an ascending column. */
const lowest = (column: Float64Array, holds: (value: number) => boolean): number => {
  let low = 0
  let high = column.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (holds(column[middle] as number)) high = middle
    else low = middle + 1
  }
  return low
}

/** False if one of them has no place in this order. */
export const placeMismatches = (
  log: RegisterLog,
  clusters: Clusters,
  blocks: Blocks,
  blockOrder: Uint32Array,
): boolean => {
  const mismatches: number[] = []
  for (let i = 0; i < log.count; i++)
    if (log.kind[i] === NOT && clusters.happened[log.expected[i] as number] === 1) mismatches.push(i)
  if (mismatches.length === 0) return true
  const order = orderOperations(log, clusters, blocks, blockOrder)
  // One that returned before another was called must not come after it.
  const byReturn = [...mismatches].sort((a, b) => (log.return[a] as number) - (log.return[b] as number))
  const placedAt = new Map<number, number>()
  let returned = 0
  let floor = 0
  for (const mismatch of mismatches) {
    const call = log.call[mismatch] as number
    const end = log.return[mismatch] as number
    while (returned < byReturn.length && (log.return[byReturn[returned] as number] as number) < call)
      floor = Math.max(floor, placedAt.get(byReturn[returned++] as number) as number)
    const highest = lowest(order.latestCall, (latest) => latest > end) - 1
    let place = Math.max(
      floor,
      lowest(order.earliestReturn, (earliest) => earliest >= call),
    )
    const expected = log.expected[mismatch] as number
    if (place >= (order.from[expected] as number) && place < (order.below[expected] as number))
      place = order.below[expected] as number
    if (place > highest) return false
    placedAt.set(mismatch, place)
  }
  return true
}
