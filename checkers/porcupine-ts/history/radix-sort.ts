/** Positions 0 to n-1 in ascending order of their keys, stable, in time proportional to n: radix sort, least digit first. */

const DIGIT_BITS = 16
const DIGITS = 4
const BUCKETS = 1 << DIGIT_BITS
/** Below this, counting buckets costs more than comparing. */
const SMALL = 4096

export const sortedPositions = (keys: Float64Array, count = keys.length): Uint32Array => {
  const positions = Uint32Array.from({ length: count }, (_, i) => i)
  if (isSorted(keys, count)) return positions
  if (count < SMALL) return positions.sort((a, b) => (keys[a] as number) - (keys[b] as number) || a - b)
  return radixSort(orderedBits(keys, count), positions)
}

const isSorted = (keys: Float64Array, count: number): boolean => {
  for (let i = 1; i < count; i++) if ((keys[i - 1] as number) > (keys[i] as number)) return false
  return true
}

/** The bits of each number, changed so that they order as the numbers do; two words each, the low one first. */
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

const radixSort = (words: Uint32Array, positions: Uint32Array): Uint32Array => {
  const count = positions.length
  const starts = new Uint32Array(BUCKETS)
  let from = positions
  let to = new Uint32Array(count)
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
    ;[from, to] = [to, from as Uint32Array<ArrayBuffer>]
  }
  return from
}
