/**
 * Which part of the time axis is shown, and where a time is on the canvas. Pages contain this class as text, so it may use
 * only the browser.
 */
export class View {
  /** The whole axis. */
  readonly least: number
  readonly most: number
  /** The shortest part that can be shown. */
  readonly finest: number
  from: number
  to: number
  /** In pixels. */
  width = 1

  constructor(least: number, most: number, finest: number) {
    this.least = least
    this.most = Math.max(most, least + finest)
    this.finest = finest
    this.from = this.least
    this.to = this.most
  }

  x(time: number): number {
    return ((time - this.from) / (this.to - this.from)) * this.width
  }

  time(x: number): number {
    return this.from + (x / this.width) * (this.to - this.from)
  }

  /** The time that a number of pixels takes. */
  timeOf(pixels: number): number {
    return (pixels / this.width) * (this.to - this.from)
  }

  /** `factor` below 1 shows less. The time at `x` stays where it is. */
  zoom(factor: number, x: number): void {
    const fixed = this.time(x)
    const span = Math.min(Math.max((this.to - this.from) * factor, this.finest), this.most - this.least)
    const from = fixed - (x / this.width) * span
    this.show(from, from + span)
  }

  pan(pixels: number): void {
    const by = this.timeOf(pixels)
    this.show(this.from + by, this.to + by)
  }

  /** Shows a part, or what of it is on the axis. */
  show(from: number, to: number): void {
    const span = Math.min(Math.max(to - from, this.finest), this.most - this.least)
    this.from = Math.min(Math.max(from, this.least), this.most - span)
    this.to = this.from + span
  }

  showAll(): void {
    this.show(this.least, this.most)
  }
}
