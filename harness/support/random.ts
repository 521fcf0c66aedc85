/**
 * Seeded randomness. The key of a stream is a 64-bit hash of the seed and the labels on the path to it, so `fork` does
 * not depend on earlier draws. Streams are sfc32 (from Doty-Humphrey's PractRand), keyed through the finaliser of
 * MurmurHash3. Their quality is far better than test plans need.
 */
import type { Rng } from '../api/random.ts'

const mix = (hash: number): number => {
  let h = hash
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

const absorb = (hash: number, label: string | number): number => {
  if (typeof label === 'number')
    return mix(mix(hash ^ (label >>> 0)) + Math.floor(label / 2 ** 32) + 0x9e3779b9)
  let h = hash ^ 0x5bd1e995
  for (let i = 0; i < label.length; i++) h = Math.imul(h ^ label.charCodeAt(i), 0x01000193)
  return mix(h)
}

class Stream implements Rng {
  readonly #high: number
  readonly #low: number
  #a = 0
  #b = 0
  #c = 0
  #counter = 0

  constructor(high: number, low: number) {
    this.#high = high
    this.#low = low
  }

  fork(...labels: readonly (string | number)[]): Rng {
    let high = this.#high
    let low = this.#low
    for (const label of labels) {
      high = absorb(high, label)
      low = absorb(mix(low + 0x6a09e667), label)
    }
    return new Stream(high, low)
  }

  #next(): number {
    if (this.#counter === 0) this.#seed()
    const t = (this.#a + this.#b + this.#counter++) >>> 0
    this.#a = (this.#b ^ (this.#b >>> 9)) >>> 0
    this.#b = (this.#c + (this.#c << 3)) >>> 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + t) >>> 0
    return t
  }

  #seed(): void {
    this.#a = this.#high
    this.#b = this.#low
    this.#c = mix(this.#high ^ this.#low ^ 0xdeadbeef)
    this.#counter = 1
    for (let i = 0; i < 12; i++) this.#next()
  }

  float(): number {
    return ((this.#next() >>> 5) * 2 ** 26 + (this.#next() >>> 6)) / 2 ** 53
  }

  int(bound: number): number {
    return Math.floor(this.float() * bound)
  }

  pick<T>(from: readonly T[]): T {
    if (from.length === 0) throw new RangeError('cannot pick from nothing')
    return from[this.int(from.length)] as T
  }

  shuffle<T>(from: readonly T[]): T[] {
    const out = [...from]
    for (let i = out.length - 1; i > 0; i--) {
      const j = this.int(i + 1)
      const swap = out[i] as T
      out[i] = out[j] as T
      out[j] = swap
    }
    return out
  }
}

export const rngFromSeed = (seed: number): Rng =>
  new Stream(mix(seed >>> 0), mix(Math.floor(seed / 2 ** 32) + 0x9e3779b9))
