/** The input of the set engines, for one set. */
import type { Part } from '../history/part.ts'
import type { SetInput, SetOutput } from '../models/calls.ts'

/** The operations on one element, by their positions. */
export interface Element {
  /** The add that may have put it in, and the remove that may have taken it out. */
  add: number | null
  remove: number | null
  /** Operations that found it in the set, and operations that did not. */
  readonly present: number[]
  readonly absent: number[]
}

export interface SetLog {
  readonly part: Part<SetInput, SetOutput>
  /** Infinity if it had not returned by the end. */
  readonly returned: (operation: number) => number
  readonly elements: ReadonlyMap<number, Element>
  readonly reads: readonly number[]
}
