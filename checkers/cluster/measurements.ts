/** Measurements of which quantiles are asked. More than fit into memory are on disk, and are looked for there digit by digit. */
import type { Scratch } from '../../harness/api/spill.ts'
import { Growing } from '../../harness/support/growing.ts'
import { quantiles, rankOf } from '../../harness/support/quantiles.ts'
import { SpilledRows } from '../../harness/support/spilled-rows.ts'

/** 16 MB. */
const MOST_IN_MEMORY = 2 ** 21

const DIGIT_BITS = 16
const DIGITS = 4

/** Takes numbers from 0. */
export class Measurements {
  readonly #scratch: Scratch | undefined
  #inMemory = new Growing(Float64Array)
  #onDisk: SpilledRows | null = null
  #max = 0

  constructor(scratch: Scratch | undefined) {
    this.#scratch = scratch
  }

  push(number: number): void {
    const { mostInMemory = MOST_IN_MEMORY } = this.#scratch ?? {}
    if (this.#inMemory.length >= mostInMemory) this.#makeRoom()
    this.#inMemory.push(number)
  }

  #makeRoom(): void {
    if (this.#scratch === undefined) return
    this.#onDisk ??= new SpilledRows(this.#scratch.makeSpill(), 'latencies of the history', 2)
    for (const number of this.#inMemory.all()) {
      const { doubles, at } = this.#onDisk.next(0)
      doubles[at >> 1] = number
      if (number > this.#max) this.#max = number
    }
    this.#inMemory = new Growing(Float64Array)
  }

  quantiles(): ReturnType<typeof quantiles> {
    if (this.#onDisk === null) return quantiles(this.#inMemory.all())
    this.#makeRoom()
    const onDisk = this.#onDisk
    const count = onDisk.count(0)
    const at = (q: number): number => nth(onDisk, rankOf(count, q))
    return { p50: at(0.5), p99: at(0.99), max: this.#max }
  }
}

/** The number whose bits have these digits, the highest first. Of numbers from 0, the bits have the same order as the numbers. */
const numberOf = (digits: readonly number[], others: number): number => {
  const all = Uint16Array.from({ length: DIGITS }, (_, digit) => digits[DIGITS - 1 - digit] ?? others)
  return new Float64Array(all.buffer)[0] as number
}

/** The number that so many others come before. */
const nth = (numbers: SpilledRows, rank: number): number => {
  const digits: number[] = []
  let before = rank
  while (digits.length < DIGITS) {
    const counts = countsOf(numbers, digits)
    let next = 0
    while ((counts[next] as number) <= before) before -= counts[next++] as number
    digits.push(next)
  }
  return numberOf(digits, 0)
}

/** How often each digit follows these first ones. */
const countsOf = (numbers: SpilledRows, digits: readonly number[]): Uint32Array => {
  const counts = new Uint32Array(2 ** DIGIT_BITS)
  const isAny = digits.length === 0
  const [least, greatest] = [numberOf(digits, 0), numberOf(digits, 2 ** DIGIT_BITS - 1)]
  for (const { doubles } of numbers.blocks(0)) {
    const all = new Uint16Array(doubles.buffer, doubles.byteOffset, DIGITS * doubles.length)
    for (let at = 0; at < doubles.length; at++) {
      const number = doubles[at] as number
      if (!isAny && (number < least || number > greatest)) continue
      const next = all[DIGITS * at + DIGITS - 1 - digits.length] as number
      counts[next] = (counts[next] as number) + 1
    }
  }
  return counts
}
