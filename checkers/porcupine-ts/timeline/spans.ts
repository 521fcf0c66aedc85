/**
 * Many intervals of one line, such as the operations of a client. From far away the number of intervals that begin in a
 * few pixels is drawn; from near, each by itself. The work depends on the number of pixels, not of intervals. Pages contain this
 * class as text, so it may use only the browser and its arguments.
 */
import type { View } from './view.ts'

/** Receives what is to be drawn, in pixels. */
export interface SpanPainter {
  single(index: number, x: number, width: number): void
  /** `counts`: for each kind, how many begin in these pixels. */
  dense(x: number, width: number, counts: readonly number[]): void
}

export class Spans {
  /** So many pixels are drawn as one where intervals are dense. */
  readonly column = 2
  /** In order. */
  readonly starts: Float64Array
  /** Infinity: it never ended. */
  readonly ends: Float64Array
  /** For each kind: how many of the first n intervals are of it. */
  readonly #before: readonly Uint32Array[]

  /** @param kinds the kind of each interval, from 0 */
  constructor(starts: Float64Array, ends: Float64Array, kinds: Uint8Array, kindCount: number) {
    this.starts = starts
    this.ends = ends
    this.#before = Array.from({ length: kindCount }, (_, kind) => {
      const before = new Uint32Array(starts.length + 1)
      for (let i = 0; i < starts.length; i++)
        before[i + 1] = (before[i] as number) + (kinds[i] === kind ? 1 : 0)
      return before
    })
  }

  get length(): number {
    return this.starts.length
  }

  /** How many begin before a time. */
  countBefore(time: number): number {
    let low = 0
    let high = this.starts.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.starts[middle] as number) < time) low = middle + 1
      else high = middle
    }
    return low
  }

  /** For each kind, how many of those between two places there are. */
  counts(from: number, to: number): readonly number[] {
    return this.#before.map((before) => (before[to] as number) - (before[from] as number))
  }

  /** An interval is drawn up to the next one at most. */
  endAt(index: number): number {
    const next = this.starts[index + 1] ?? Number.POSITIVE_INFINITY
    return Math.min(this.ends[index] as number, Math.max(next, this.starts[index] as number))
  }

  paint(view: View, painter: SpanPainter): void {
    let i = Math.max(0, this.countBefore(view.from) - 1)
    while (i < this.length) {
      const x = view.x(this.starts[i] as number)
      if (x > view.width) return
      const column = Math.floor(x / this.column) * this.column
      const next = Math.max(i + 1, this.countBefore(view.time(column + this.column)))
      if (next - i > 1) {
        if (column > -this.column) painter.dense(column, this.column, this.counts(i, next))
      } else {
        const right = Math.min(view.x(this.endAt(i)), view.width + 2)
        const left = Math.max(x, -2)
        if (right >= 0) painter.single(i, left, Math.max(1.5, right - left))
      }
      i = next
    }
  }

  /** The interval at a time, or the next one within `slack`; null: there is none. */
  at(time: number, slack: number): number | null {
    const next = this.countBefore(time + slack)
    const before = this.countBefore(time) - 1
    if (before >= 0 && this.endAt(before) + slack >= time) return before
    return next > before + 1 ? before + 1 : null
  }

  /** The first interval that begins after (1), or the last one that begins before (-1) a time; null: there is none. */
  next(time: number, direction: 1 | -1): number | null {
    let i = this.countBefore(time)
    if (direction === -1) return i === 0 ? null : i - 1
    while (i < this.length && (this.starts[i] as number) <= time) i++
    return i < this.length ? i : null
  }
}
