/** The input of the register engine, for one register: columns, with values as small codes. */

export const READ = 0
export const WRITE = 1
/** A compare-and-set that was applied, or that never returned and may have been. */
export const CAS = 2
/** A compare-and-set that found another value than `expected`. */
export const NOT = 3

/** Code of the initial value. All other values have codes from 1 to `codes` - 1. */
export const INITIAL = 0

export interface RegisterLog {
  /** Operations in order of their calls. */
  readonly count: number
  readonly codes: number
  readonly call: Float64Array
  /** Infinity: it never returned. Reads that never returned, or whose value is unknown, are left out. */
  readonly return: Float64Array
  readonly kind: Uint8Array
  /** The value that was read, written, or set by a compare-and-set. */
  readonly value: Int32Array
  /** Only for CAS and NOT. */
  readonly expected: Int32Array
}
