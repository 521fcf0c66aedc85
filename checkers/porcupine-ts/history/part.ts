/** The operations on one object, in order of their calls. */
import { float64, int32 } from './allocate.ts'
import { sortedPositions } from './sort.ts'

export interface Part<I, O> {
  readonly key: string | number
  readonly count: number
  readonly call: Float64Array
  /** Infinity: it never returned. */
  readonly return: Float64Array
  /** Index in the input of each operation. */
  readonly index: Int32Array
  input(position: number): I
  output(position: number): O | undefined
  /** If the history was given as columns: those of this part, for engines that need no objects. */
  readonly columns?: {
    readonly kind: Uint8Array
    readonly value: Int32Array
    readonly second: Int32Array
  }
}

/**
 * Some operations of a part, by positions in order of their calls, as they were at `end`: those that returned at `end`
 * or later count as not returned.
 */
export const partOf = <I, O>(part: Part<I, O>, positions: ArrayLike<number>, end: number): Part<I, O> => {
  const count = positions.length
  const at = new Int32Array(positions)
  const calls = float64(count)
  const returns = float64(count)
  const index = int32(count)
  for (let i = 0; i < count; i++) {
    const position = at[i] as number
    const original = part.return[position] as number
    calls[i] = part.call[position] as number
    returns[i] = original < end ? original : Number.POSITIVE_INFINITY
    index[i] = part.index[position] as number
  }
  return {
    key: part.key,
    count,
    call: calls,
    return: returns,
    index,
    input: (position) => part.input(at[position] as number),
    output: (position) => part.output(at[position] as number),
  }
}

/** The same operations with other times. */
export const narrowed = <I, O>(part: Part<I, O>, call: Float64Array, end: Float64Array): Part<I, O> => {
  const at = sortedPositions(call)
  const pick = (column: Float64Array, to: Float64Array): Float64Array => {
    for (let i = 0; i < at.length; i++) to[i] = column[at[i] as number] as number
    return to
  }
  return {
    key: part.key,
    count: part.count,
    call: pick(call, float64(part.count)),
    return: pick(end, float64(part.count)),
    index: Int32Array.from(at, (position) => part.index[position] as number),
    input: (position) => part.input(at[position] as number),
    output: (position) => part.output(at[position] as number),
  }
}

/** How many operations were called by `end`. */
export const calledBy = ({ call, count }: Part<unknown, unknown>, end: number): number => {
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >> 1
    if ((call[middle] as number) <= end) low = middle + 1
    else high = middle
  }
  return low
}
