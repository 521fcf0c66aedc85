/**
 * The axis: ticks at round times, from hours to nanoseconds. Pages contain this class as text, so it may use only the
 * browser and its arguments.
 */
import type { View } from './view.ts'

export interface AxisUnit {
  /** How much of the view's time one shown unit is. */
  readonly size: number
  /** What is shown at the view's time 0, in shown units. */
  readonly start: number
  /** Behind each number, such as ` s`. */
  readonly name: string
}

export class Axis {
  /** Pixels between two ticks, at least. */
  readonly room = 90
  readonly #unit: AxisUnit

  constructor(unit: AxisUnit) {
    this.#unit = unit
  }

  /** The times of the ticks that are shown. */
  ticks(view: View): readonly number[] {
    const { size, start } = this.#unit
    const step = this.step(view)
    const first = Math.ceil((view.from / size + start) / step)
    const count = Math.max(0, Math.floor((view.to / size + start) / step) - first + 1)
    return Array.from({ length: count }, (_, i) => ((first + i) * step - start) * size)
  }

  /** In shown units: 1, 2 or 5 times a power of ten. */
  step(view: View): number {
    const least = view.timeOf(this.room) / this.#unit.size
    const base = 10 ** Math.floor(Math.log10(least))
    return [1, 2, 5].map((factor) => factor * base).find((step) => step >= least) ?? 10 * base
  }

  /** With as many decimals as a step needs. */
  text(time: number, step: number): string {
    const { size, start, name } = this.#unit
    const decimals = Math.min(9, Math.max(0, -Math.floor(Math.log10(step) + 1e-9)))
    return `${(time / size + start).toFixed(decimals)}${name}`
  }
}
