/**
 * Zeroed typed arrays, as `new` makes them. V8 takes half a microsecond for each one that is not tiny, which for short
 * histories is more than everything else. So small ones are cut from a common block, which is never reused.
 */

const BLOCK_BYTES = 2 ** 16
const SMALL_BYTES = 2 ** 11

let block = new ArrayBuffer(0)
let used = 0

/** Reserves so many bytes of `block` and returns where they begin, at a multiple of 8. */
const cut = (bytes: number): number => {
  if (used + bytes > block.byteLength) {
    block = new ArrayBuffer(BLOCK_BYTES)
    used = 0
  }
  const from = used
  used += (bytes + 7) & ~7
  return from
}

export const int32 = (count: number): Int32Array<ArrayBuffer> => {
  if (4 * count > SMALL_BYTES) return new Int32Array(count)
  const from = cut(4 * count)
  return new Int32Array(block, from, count)
}

export const uint32 = (count: number): Uint32Array<ArrayBuffer> => {
  if (4 * count > SMALL_BYTES) return new Uint32Array(count)
  const from = cut(4 * count)
  return new Uint32Array(block, from, count)
}

export const float64 = (count: number): Float64Array<ArrayBuffer> => {
  if (8 * count > SMALL_BYTES) return new Float64Array(count)
  const from = cut(8 * count)
  return new Float64Array(block, from, count)
}

export const uint8 = (count: number): Uint8Array<ArrayBuffer> => {
  if (count > SMALL_BYTES) return new Uint8Array(count)
  const from = cut(count)
  return new Uint8Array(block, from, count)
}
