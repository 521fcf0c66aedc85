/** The samples of a node as the page uses them. */
import type { PageSamples, PageStatus } from '../samples.ts'

export interface ShownSample {
  readonly node: string
  /** Among the samples of the node, from 1. */
  readonly number: number
  readonly atMs: number
  /** Null: the node did not answer. */
  readonly status: PageStatus | null
  readonly committed: number | null
  readonly applied: number | null
  readonly snapshot: number | null
  readonly digest: string | null
  readonly digestAt: number | null
  readonly aheadMs: number | null
}

/** Such as `committed 1660, applied 1660, snapshot 1500, digest f9c3fa45 at 1660`; empty: the node tells none of it. */
export const stateText = ({ committed, applied, snapshot, digest, digestAt }: ShownSample): string =>
  [
    committed === null ? '' : `committed ${committed}`,
    applied === null ? '' : `applied ${applied}`,
    snapshot === null ? '' : `snapshot ${snapshot}`,
    digest === null ? '' : `digest ${digest}${digestAt === null ? '' : ` at ${digestAt}`}`,
  ]
    .filter(Boolean)
    .join(', ')

const sums = (differences: readonly number[], unit: number): Float64Array => {
  let sum = 0
  return Float64Array.from(differences, (each) => {
    sum += each
    return sum * unit
  })
}

const MS_PER_US = 1e-3

export class NodeSamples {
  readonly #data: PageSamples
  readonly #numbers: Float64Array
  readonly timesMs: Float64Array

  constructor(data: PageSamples) {
    this.#data = data
    this.#numbers = sums(data.numbers, 1)
    this.timesMs = sums(data.timesUs, MS_PER_US)
  }

  get node(): string {
    return this.#data.node
  }

  /** How many the node has, and whether the page holds them all. */
  get count(): number {
    return this.#data.count
  }

  get isWhole(): boolean {
    return this.#numbers.length === this.#data.count
  }

  /** How many were taken before a time. */
  countBefore(timeMs: number): number {
    let low = 0
    let high = this.timesMs.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.timesMs[middle] as number) < timeMs) low = middle + 1
      else high = middle
    }
    return low
  }

  /** @param i from 0, among those that the page holds; null: there is none */
  at(i: number): ShownSample | null {
    const number = this.#numbers[i]
    if (number === undefined) return null
    const { node, status, statuses, committed, applied, snapshot, digest, digestAt, aheadMs } = this.#data
    return {
      node,
      number,
      atMs: this.timesMs[i] as number,
      status: statuses[status[i] as number] ?? null,
      committed: committed[i] ?? null,
      applied: applied[i] ?? null,
      snapshot: snapshot[i] ?? null,
      digest: digest[i] ?? null,
      digestAt: digestAt[i] ?? null,
      aheadMs: aheadMs[i] ?? null,
    }
  }

  /** The last sample that was taken by then; null: there was none yet. Times are microseconds, rounded. */
  by(timeMs: number): ShownSample | null {
    return this.at(this.countBefore(timeMs + MS_PER_US) - 1)
  }

  /** Its place among those that the page holds; -1: the page does not hold it. */
  placeOf(number: number): number {
    return this.#numbers.indexOf(number)
  }
}
