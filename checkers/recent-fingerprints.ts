/** A set of fingerprints that forgets the oldest when it has too many: so a run of any length fits. */
import { Fingerprints } from './fingerprints.ts'

/** In all, of both generations: at most 220 MB. */
const MOST = 2 ** 23

export class RecentFingerprints {
  readonly #mostOfOne: number
  #older: Fingerprints | null = null
  #newer = new Fingerprints()
  /** Something was forgotten: what is not known may have been added. */
  hasForgotten = false

  /** @param most that are known at a time; at least half of them always are */
  constructor(most = MOST) {
    this.#mostOfOne = most / 2
  }

  get size(): number {
    return this.#newer.size + (this.#older?.size ?? 0)
  }

  has(text: string): boolean {
    return this.#newer.has(text) || (this.#older?.has(text) ?? false)
  }

  /** Does nothing if it is known. */
  add(text: string): void {
    if (this.has(text)) return
    if (this.#newer.size >= this.#mostOfOne) {
      this.hasForgotten ||= this.#older !== null
      this.#older = this.#newer
      this.#newer = new Fingerprints()
    }
    this.#newer.add(text)
  }
}
