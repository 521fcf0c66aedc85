/** What the set engines are told of one set. */
import type { Part } from '../history/part.ts'
import type { SetInput, SetOutput } from '../models/calls.ts'

/** What is known of one element: operations by their positions. */
export interface Element {
  /** The add that may have put it in, and the remove that may have taken it out. */
  add: number | null
  remove: number | null
  /** Who found it in, and who did not. */
  readonly present: number[]
  readonly absent: number[]
}

export interface SetLog {
  readonly part: Part<SetInput, SetOutput>
  /** Infinity for what had not returned by the end. */
  readonly returned: (operation: number) => number
  readonly elements: ReadonlyMap<number, Element>
  readonly reads: readonly number[]
}
