/**
 * Positions 0 to n-1 in ascending order of their keys; the sort is stable. The times of a history are spread rather
 * evenly and nearly sorted, so one scatter into as many buckets as there are keys and an insertion sort are fast. If the
 * keys are of another kind and that becomes slow, radix sort takes over, which is linear for any keys.
 */
import { uint32 } from './allocate.ts'

/** Up to so many keys are sorted by insertion alone. */
const FEW = 24

/** Moves per key before radix sort takes over. */
const PATIENCE = 16

export const sortedPositions = (keys: Float64Array, count = keys.length): Uint32Array => {
  const positions = uint32(count)
  for (let i = 0; i < count; i++) positions[i] = i
  if (isSorted(keys, count)) return positions
  if (count <= FEW) {
    insertAll(keys, positions, Number.POSITIVE_INFINITY)
    return positions
  }
  const scattered = scatter(keys, count)
  if (insertAll(keys, scattered, PATIENCE * count)) return scattered
  return radixSort(orderedBits(keys, count), positions)
}

const isSorted = (keys: Float64Array, count: number): boolean => {
  for (let i = 1; i < count; i++) if ((keys[i - 1] as number) > (keys[i] as number)) return false
  return true
}

/** Scatters into even buckets between the least and the greatest finite key; infinite keys come before and after. */
const scatter = (keys: Float64Array, count: number): Uint32Array => {
  let least = Number.POSITIVE_INFINITY
  let greatest = Number.NEGATIVE_INFINITY
  for (let i = 0; i < count; i++) {
    const key = keys[i] as number
    if (key < least && key !== Number.NEGATIVE_INFINITY) least = key
    if (key > greatest && key !== Number.POSITIVE_INFINITY) greatest = key
  }
  const scale = greatest > least ? (count - 1) / (greatest - least) : 0
  const starts = uint32(count + 3)
  const bucketOf = (key: number): number => {
    if (key === Number.NEGATIVE_INFINITY) return 0
    return key === Number.POSITIVE_INFINITY ? count + 1 : 1 + Math.trunc((key - least) * scale)
  }
  for (let i = 0; i < count; i++) {
    const after = bucketOf(keys[i] as number) + 1
    starts[after] = (starts[after] as number) + 1
  }
  for (let bucket = 1; bucket < starts.length; bucket++)
    starts[bucket] = (starts[bucket] as number) + (starts[bucket - 1] as number)
  const positions = uint32(count)
  for (let i = 0; i < count; i++) {
    const bucket = bucketOf(keys[i] as number)
    const at = starts[bucket] as number
    positions[at] = i
    starts[bucket] = at + 1
  }
  return positions
}

/** Insertion sort; false if it took more moves than allowed. */
const insertAll = (keys: Float64Array, positions: Uint32Array, allowed: number): boolean => {
  let moves = 0
  for (let i = 1; i < positions.length; i++) {
    const position = positions[i] as number
    const key = keys[position] as number
    let to = i
    while (to > 0 && (keys[positions[to - 1] as number] as number) > key) {
      positions[to] = positions[to - 1] as number
      to--
    }
    positions[to] = position
    moves += i - to
    if (moves > allowed) return false
  }
  return true
}

const DIGIT_BITS = 16
const DIGITS = 4
const BUCKETS = 1 << DIGIT_BITS

/** The bits of each number, changed so that their order is that of the numbers; two words each, the low one first. */
const orderedBits = (keys: Float64Array, count: number): Uint32Array => {
  // Adding 0 turns -0 into 0.
  const plain = new Float64Array(count)
  for (let i = 0; i < count; i++) plain[i] = (keys[i] as number) + 0
  const words = new Uint32Array(plain.buffer)
  for (let i = 0; i < count; i++) {
    const high = words[2 * i + 1] as number
    if (high >>> 31 === 1) {
      words[2 * i] = ~(words[2 * i] as number)
      words[2 * i + 1] = ~high
    } else words[2 * i + 1] = (high | 0x80000000) >>> 0
  }
  return words
}

/** Least digit first. */
const radixSort = (words: Uint32Array, positions: Uint32Array): Uint32Array => {
  const count = positions.length
  const starts = new Uint32Array(BUCKETS)
  let from = positions
  let to: Uint32Array = uint32(count)
  for (let digit = 0; digit < DIGITS; digit++) {
    const word = digit >> 1
    const shift = (digit & 1) * DIGIT_BITS
    const digitOf = (position: number): number =>
      ((words[2 * position + word] as number) >>> shift) & (BUCKETS - 1)
    starts.fill(0)
    for (let i = 0; i < count; i++) {
      const bucket = digitOf(i)
      starts[bucket] = (starts[bucket] as number) + 1
    }
    if (starts[digitOf(0)] === count) continue
    let sum = 0
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      const size = starts[bucket] as number
      starts[bucket] = sum
      sum += size
    }
    for (let i = 0; i < count; i++) {
      const position = from[i] as number
      const bucket = digitOf(position)
      const at = starts[bucket] as number
      to[at] = position
      starts[bucket] = at + 1
    }
    ;[from, to] = [to, from]
  }
  return from
}
