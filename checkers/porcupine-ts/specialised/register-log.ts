/** What the register engine is told of one register: columns, values as small codes. */

export const READ = 0
export const WRITE = 1
/** A compare-and-set that was applied; one that never returned may have been. */
export const CAS = 2
/** A compare-and-set that found another value than `expected`. */
export const NOT = 3

/** The initial value's code. Whatever else is read, written or expected has a code from 1 to `codes` - 1. */
export const INITIAL = 0

export interface RegisterLog {
  /** Operations in order of their calls. */
  readonly count: number
  readonly codes: number
  readonly call: Float64Array
  /** Infinity: it never returned. Reads that never returned, or did not say what they read, are left out. */
  readonly return: Float64Array
  readonly kind: Uint8Array
  /** Read, written, or put by a compare-and-set. */
  readonly value: Int32Array
  /** Of CAS and NOT. */
  readonly expected: Int32Array
}
