/** Fingerprints that do not fit into memory, in buckets that do: equal ones are in the same bucket. */
import type { Spill } from '../harness/api/spill.ts'
import { SpilledRows } from '../harness/support/spilled-rows.ts'
import type { Fingerprints } from './fingerprints.ts'

const BUCKET_BITS = 6
export const BUCKETS = 2 ** BUCKET_BITS

/** Fingerprints are looked up by their last bits, which must differ within a bucket. */
export const bucketOf = (high: number): number => high >>> (32 - BUCKET_BITS)

export class FingerprintsOnDisk {
  readonly #rows: SpilledRows

  constructor(spill: Spill) {
    this.#rows = new SpilledRows(spill, 'values of the history', 2)
  }

  /** Takes all of them out of memory. */
  take(known: Fingerprints): void {
    known.each((high, low) => {
      const { words, at } = this.#rows.next(bucketOf(high))
      words[at] = high
      words[at + 1] = low
    })
    known.clear()
  }

  /** Tells those of a bucket. One that was taken several times is told as often. */
  each(bucket: number, take: (high: number, low: number) => void): void {
    for (const { words } of this.#rows.blocks(bucket))
      for (let at = 0; at < words.length; at += 2)
        take((words[at] as number) >>> 0, (words[at + 1] as number) >>> 0)
  }
}
