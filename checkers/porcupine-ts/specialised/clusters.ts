/** The clusters and blocks of the register engine: see `register.ts`. */

/** No operation, or no value. */
export const NONE = -1

/** Clusters, by the code of their value. */
export interface Clusters {
  /** The operation that wrote the value; NONE for the initial one. */
  readonly writer: Int32Array
  /** 1: the register certainly had this value. */
  readonly happened: Uint8Array
  /** How that is known: the code of a value that was read, or whose write returned. */
  readonly because: Int32Array
  /** The value by which a compare-and-set replaced it; NONE if a write did, or nothing. */
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
