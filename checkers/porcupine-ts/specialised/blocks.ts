/**
 * Blocks: sets of operations that are contiguous in every linearization. Only two times of a block matter: its first
 * return and its last call. Block i must come before block j exactly if i's first return is before j's last call. There
 * is an order if and only if no two blocks must each come before the other (Gibbons and Korach 1997).
 */
import { float64 } from '../history/allocate.ts'
import { sortedPositions } from '../history/sort.ts'

const at = (column: Float64Array, block: number): number => column[block] as number

/** All blocks in a valid order, or two that must each come before the other. */
export const orderBlocks = (
  first: Float64Array,
  last: Float64Array,
): Uint32Array | { readonly conflict: readonly [number, number] } => {
  // Forward: the first return is before the last call, so nothing else can come between the two.
  const forward = sortedPositions(first).filter((block) => at(first, block) < at(last, block))
  for (let i = 1; i < forward.length; i++) {
    const [before, after] = [forward[i - 1] as number, forward[i] as number]
    if (at(first, after) < at(last, before)) return { conflict: [before, after] }
  }
  // Places a forward block at its first return, and any other at its last call; if that lies within a forward block,
  // after it.
  const point = float64(first.length)
  let passed = 0
  for (const block of sortedPositions(last)) {
    const called = at(last, block)
    if (at(first, block) < called) {
      point[block] = at(first, block)
      continue
    }
    while (passed < forward.length && at(first, forward[passed] as number) < called) passed++
    const around = passed === 0 ? undefined : forward[passed - 1]
    const end = around === undefined ? Number.NEGATIVE_INFINITY : at(last, around)
    if (around !== undefined && at(first, block) < end) return { conflict: [around, block] }
    point[block] = Math.max(called, end)
  }
  return sortBlocks(point, first, last)
}

/** At equal points, forward blocks come last. */
const sortBlocks = (point: Float64Array, first: Float64Array, last: Float64Array): Uint32Array => {
  const isForward = (block: number): boolean => at(first, block) < at(last, block)
  const order = sortedPositions(point)
  for (let i = 0; i < order.length; ) {
    let end = i + 1
    while (end < order.length && point[order[end] as number] === point[order[i] as number]) end++
    if (end > i + 1) {
      const run = [...order.subarray(i, end)]
      order.set([...run.filter((block) => !isForward(block)), ...run.filter(isForward)], i)
    }
    i = end
  }
  return order
}
