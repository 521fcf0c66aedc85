/** What the timeline is made of: lanes, one below the other, on one axis of time. */
import type { View } from './view.ts'

export interface Painting {
  readonly context: CanvasRenderingContext2D
  readonly view: View
  /** What is visible of all lanes, in the coordinates of the lanes. */
  readonly visible: { readonly top: number; readonly height: number }
  /** The colour with this name in the page's style. */
  colour(name: string): string
}

/** Something on a lane that a reader can point at. */
export interface Hit {
  /** Its address on the page, such as `op=12`. */
  readonly address: string
  readonly text: string
  readonly from: number
  readonly to: number
}

export interface Lane {
  /** Unique. */
  readonly id: string
  readonly label: string
  /** Lanes of one group fold together. */
  readonly group: string
  /** In pixels. */
  readonly height: number
  paint(painting: Painting, y: number): void
  /** What is at a time, or within `slack` of it. `y` is counted from the lane's upper edge. */
  at(time: number, slack: number, y: number): Hit | null
  /** The next thing after (1) or before (-1) a time; null: there is none. */
  next(time: number, direction: 1 | -1): Hit | null
}
