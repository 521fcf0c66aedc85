/**
 * Joins what was read with what was written. Nearly all of it was written by an operation that took effect, and of that
 * a few bytes are kept (`written-values.ts`). What does not fit into memory goes to disk by its fingerprint: what is read and what is
 * written then meet in the same bucket, and what is left is fetched from the history.
 */
import type { Pair, Sequence } from '../../harness/api/history.ts'
import type { Scratch } from '../../harness/api/spill.ts'
import type { HeldValues, Identity, Vocabulary } from '../../harness/api/vocabulary.ts'
import { SpilledRows } from '../../harness/support/spilled-rows.ts'
import { identitiesIn } from '../../harness/vocabularies/values.ts'
import { definitionOf, readsOf, writesOf } from '../../harness/vocabularies/vocabulary.ts'
import { Fingerprints, highOf, lowOf } from '../fingerprints.ts'
import { BUCKETS, bucketOf, FingerprintsOnDisk } from '../fingerprints-on-disk.ts'
import { WrittenValues } from './written-values.ts'

/** Values: some 60 MB of fingerprints. */
const MOST_IN_MEMORY = 2 ** 22
/** For each of them, so many whole numbers may be in a table: some 130 MB. */
const NUMBERS = 8
/** So many fingerprints take the room of one text with a place. */
const TEXT_WEIGHT = 16

/** Where a value was read, or refused. */
const HIGH = 0
const LOW = 1
const PLACE = 2
const IS_WRITTEN = 3
const ROW_WORDS = 4

/** Values -> the places of the pairs that read them, or were refused to write them. */
type Places = Map<Identity, number[]>

const placesIn = (all: Places, identity: Identity): number[] => {
  const known = all.get(identity)
  if (known !== undefined) return known
  const places: number[] = []
  all.set(identity, places)
  return places
}

/** What nobody wrote, as far as is known, and by whom it was read and refused. */
interface Unexplained {
  readonly values: Fingerprints
  readonly readers: ReadonlySet<number>
  readonly writers: ReadonlySet<number>
}

class OnDisk {
  readonly #accepted: FingerprintsOnDisk
  readonly #places: SpilledRows

  constructor(scratch: Scratch) {
    const spill = scratch.makeSpill()
    this.#accepted = new FingerprintsOnDisk(spill)
    this.#places = new SpilledRows(spill, 'values of the history', ROW_WORDS)
  }

  /** Takes all of it out of memory. */
  take(accepted: Fingerprints, refused: Places, unexplained: Places): void {
    this.#accepted.take(accepted)
    this.#takePlaces(refused, true)
    this.#takePlaces(unexplained, false)
  }

  #takePlaces(all: Places, isWritten: boolean): void {
    for (const [identity, places] of all) {
      const [high, low] = [highOf(identity), lowOf(identity)]
      for (const place of places) {
        const { words, at } = this.#places.next(bucketOf(high))
        words[at + HIGH] = high
        words[at + LOW] = low
        words[at + PLACE] = place
        words[at + IS_WRITTEN] = isWritten ? 1 : 0
      }
    }
    all.clear()
  }

  unexplained(): Unexplained {
    const values = new Fingerprints()
    const [readers, writers] = [new Set<number>(), new Set<number>()]
    const accepted = new Fingerprints()
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      this.#accepted.each(bucket, (high, low) => accepted.addHalves(high, low))
      for (const { high, low, place } of this.#placesIn(bucket, false)) {
        if (accepted.hasHalves(high, low)) continue
        values.addHalves(high, low)
        readers.add(place)
      }
      if (values.size > 0)
        for (const { high, low, place } of this.#placesIn(bucket, true))
          if (values.hasHalves(high, low)) writers.add(place)
      accepted.clear()
    }
    return { values, readers, writers }
  }

  *#placesIn(bucket: number, isWritten: boolean) {
    const wanted = isWritten ? 1 : 0
    for (const { words } of this.#places.blocks(bucket))
      for (let at = 0; at < words.length; at += ROW_WORDS)
        if (words[at + IS_WRITTEN] === wanted)
          yield {
            high: (words[at + HIGH] as number) >>> 0,
            low: (words[at + LOW] as number) >>> 0,
            place: words[at + PLACE] as number,
          }
  }
}

const ascending = (places: ReadonlySet<number>): readonly number[] => [...places].sort((a, b) => a - b)

export class WrittenAndRead {
  readonly #vocabulary: Vocabulary
  readonly #scratch: Scratch | undefined
  readonly #isRefused: (pair: Pair) => boolean
  readonly #mostInMemory: number
  /** What was written by an operation that may have taken effect. */
  readonly #accepted: WrittenValues
  /** What was written by operations that say that they took no effect. */
  readonly #refused: Places = new Map()
  /** What was read and is not known to be written by such an operation. */
  readonly #unexplained: Places = new Map()
  /** Places that were put into either. */
  #placed = 0
  #onDisk: OnDisk | null = null

  /** @param isRefused whether an operation says that it took no effect */
  constructor(vocabulary: Vocabulary, scratch: Scratch | undefined, isRefused: (pair: Pair) => boolean) {
    this.#vocabulary = vocabulary
    this.#scratch = scratch
    this.#isRefused = isRefused
    this.#mostInMemory = scratch?.mostInMemory ?? MOST_IN_MEMORY
    this.#accepted = new WrittenValues(NUMBERS * this.#mostInMemory)
  }

  take(pair: Pair, place: number): void {
    const { invocation, completion } = pair
    const vocabulary = this.#vocabulary
    // Where nothing is written or read, the value is not even parsed: it may be long.
    const mayWrite = definitionOf(vocabulary, invocation.f)?.writes !== undefined
    const written = mayWrite ? writesOf(vocabulary, invocation) : []
    const isAccepted = written.length > 0 && !this.#isRefused(pair)
    for (const each of written) {
      if (isAccepted) this.#accept(each)
      else for (const identity of identitiesIn(each)) this.#put(this.#refused, identity, place)
    }
    if (completion?.type === 'ok' && definitionOf(vocabulary, completion.f)?.reads !== undefined)
      for (const each of readsOf(vocabulary, completion.f, completion.value))
        this.#accepted.missing(each, (identity) => this.#put(this.#unexplained, identity, place))
    if (this.#accepted.others.size + TEXT_WEIGHT * this.#placed > this.#mostInMemory) this.#makeRoom()
  }

  #accept(values: HeldValues): void {
    this.#accepted.add(values)
    if (this.#unexplained.size === 0) return
    for (const identity of identitiesIn(values)) {
      this.#placed -= this.#unexplained.get(identity)?.length ?? 0
      this.#unexplained.delete(identity)
    }
  }

  #put(all: Places, identity: Identity, place: number): void {
    placesIn(all, identity).push(place)
    this.#placed++
  }

  #makeRoom(): void {
    if (this.#scratch === undefined) return
    this.#onDisk ??= new OnDisk(this.#scratch)
    this.#onDisk.take(this.#accepted.others, this.#refused, this.#unexplained)
    this.#placed = 0
  }

  /** What was refused, as far as it was read, and what was read and not written. @param pairs of the whole history */
  result(pairs: Sequence<Pair>): {
    readonly refused: ReadonlyMap<Identity, readonly number[]>
    readonly unexplained: ReadonlyMap<Identity, readonly number[]>
  } {
    if (this.#onDisk !== null) {
      this.#makeRoom()
      this.#fetch(this.#onDisk.unexplained(), pairs)
      this.#onDisk = null
    }
    return { refused: this.#refused, unexplained: this.#unexplained }
  }

  #fetch({ values, readers, writers }: Unexplained, pairs: Sequence<Pair>): void {
    for (const place of ascending(readers)) {
      const { completion } = pairs.at(place) as Pair
      if (completion === null) continue
      // On disk it is not known what is in the table of whole numbers.
      for (const each of readsOf(this.#vocabulary, completion.f, completion.value))
        this.#accepted.missing(each, (identity) => {
          if (values.has(identity)) placesIn(this.#unexplained, identity).push(place)
        })
    }
    for (const place of ascending(writers))
      for (const each of writesOf(this.#vocabulary, (pairs.at(place) as Pair).invocation))
        for (const identity of identitiesIn(each))
          if (values.has(identity)) placesIn(this.#refused, identity).push(place)
  }
}
