/**
 * The axis: ticks at round times, from hours to nanoseconds. Pages contain this class as text, so it may use only the
 * browser and its arguments.
 */
import type { View } from './view.ts'

export class Axis {
  /** Pixels between two ticks, at least. */
  readonly room = 90
  readonly #unitsPerSecond: number

  /** @param unitsPerSecond of the view's times; 0: they have no unit */
  constructor(unitsPerSecond: number) {
    this.#unitsPerSecond = unitsPerSecond
  }

  /** The times of the ticks that are shown. */
  ticks(view: View): readonly number[] {
    const step = this.step(view)
    const first = Math.ceil(view.from / step)
    const count = Math.max(0, Math.floor(view.to / step) - first + 1)
    return Array.from({ length: count }, (_, i) => (first + i) * step)
  }

  /** 1, 2 or 5 times a power of ten. */
  step(view: View): number {
    const least = view.timeOf(this.room)
    const base = 10 ** Math.floor(Math.log10(least))
    return [1, 2, 5].map((factor) => factor * base).find((step) => step >= least) ?? 10 * base
  }

  /** With as many decimals as a step needs. */
  text(time: number, step: number): string {
    if (this.#unitsPerSecond === 0) return String(Math.round(time))
    const seconds = time / this.#unitsPerSecond
    const stepSeconds = step / this.#unitsPerSecond
    const decimals = Math.min(9, Math.max(0, -Math.floor(Math.log10(stepSeconds) + 1e-9)))
    return `${seconds.toFixed(decimals)} s`
  }
}
