/** How the register engine sees a history: see `register.ts`. */

/** No operation, or no value. */
export const NONE = -1

/** Clusters by their value's code; blocks by the code of their first cluster. */
export interface Clusters {
  /** The operation that wrote the value; NONE for the initial one. */
  readonly writer: Int32Array
  /** 1: the value was there for certain. */
  readonly happened: Uint8Array
  /** How that is known: a value that was read, or whose write returned. */
  readonly because: Int32Array
  /** The value that a compare-and-set put in its place; NONE where a write did, or nothing. */
  readonly next: Int32Array
  readonly first: Float64Array
  readonly last: Float64Array
}

export interface Blocks {
  /** The code of each block's first cluster. */
  readonly head: Int32Array
  readonly first: Float64Array
  readonly last: Float64Array
}
