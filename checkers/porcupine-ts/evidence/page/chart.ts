/** What is drawn, and where. The page contains this class as text, so it may use only the browser. */
import type { PageData } from './data.ts'

/** The history as columns of numbers, and the line of each operation. */
export class Chart {
  readonly data: PageData
  readonly call: Float64Array
  /** For operations that never returned: the end of the axis. */
  readonly end: Float64Array
  readonly from = 0
  readonly to: number
  readonly rows: readonly string[]
  readonly laneCount: number
  /** For each line, the operations that are shown, in order of their calls. */
  lanes: number[][] = []
  /** For each operation, its place in the order of its partition, and when it takes effect in that order. */
  readonly orderOf: Int32Array
  readonly placeOf: Int32Array
  readonly effect: Float64Array

  constructor(data: PageData) {
    const count = data.gaps.length
    this.data = data
    this.call = new Float64Array(count)
    this.end = new Float64Array(count)
    this.orderOf = new Int32Array(count).fill(-1)
    this.placeOf = new Int32Array(count).fill(-1)
    this.effect = new Float64Array(count)
    let last = 0
    let to = 1
    for (let i = 0; i < count; i++) {
      last += data.gaps[i] as number
      this.call[i] = last
      to = Math.max(to, last + Math.max(0, data.durations[i] as number))
    }
    for (const annotation of data.annotations)
      to = Math.max(to, this.ticksOf(annotation.to ?? annotation.from))
    this.to = to * 1.01
    for (let i = 0; i < count; i++) {
      const duration = data.durations[i] as number
      this.end[i] = duration < 0 ? this.to : (this.call[i] as number) + duration
    }
    this.rows = [...new Set(data.annotations.map(({ row }) => row))]
    this.laneCount = 1 + data.lanes.reduce((most, lane) => Math.max(most, lane), -1)
    for (const [number, order] of data.orders.entries()) this.place(number, order.operations)
    this.show(null)
  }

  /** Operations in a possible order, and the time at which each takes effect. */
  place(number: number, operations: readonly number[]): void {
    for (const [place, time] of this.effects(operations).entries()) {
      const operation = operations[place] as number
      this.orderOf[operation] = number
      this.placeOf[operation] = place
      this.effect[operation] = time
    }
  }

  /** The middle between the earliest time (after all calls so far) and the latest time (before all later returns). */
  effects(operations: readonly number[]): readonly number[] {
    const latest: number[] = []
    let least = this.to
    for (let place = operations.length - 1; place >= 0; place--) {
      least = Math.min(least, this.end[operations[place] as number] as number)
      latest[place] = least
    }
    let earliest = 0
    return operations.map((operation, place) => {
      earliest = Math.max(earliest, this.call[operation] as number)
      return (earliest + (latest[place] as number)) / 2
    })
  }

  /** Shows only the operations of one partition; null: all. */
  show(partition: number | null): void {
    this.lanes = Array.from({ length: this.laneCount }, () => [])
    for (const [operation, lane] of this.data.lanes.entries())
      if (partition === null || this.data.partitionOf[operation] === partition)
        this.lanes[lane]?.push(operation)
  }

  ticksOf(time: number): number {
    return (time - this.data.start) / this.data.tick
  }

  textOf(ticks: number): string {
    const { start, tick, unit } = this.data
    return `${((start + ticks * tick) / unit.size).toFixed(unit.size > 1 ? 6 : 0)}${unit.name}`
  }

  isOpen(operation: number): boolean {
    return (this.data.durations[operation] as number) < 0
  }

  label(operation: number): string {
    return this.data.texts[this.data.labels[operation] as number] ?? ''
  }
}
