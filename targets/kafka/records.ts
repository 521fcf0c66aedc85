/** Batches of records, as they are sent and as they lie in the log: https://kafka.apache.org/documentation/#recordbatch (magic 2). */
import { crc32c } from './crc32c.ts'
import type { Aborted } from './messages.ts'
import { Reader, Writer } from './wire.ts'

/** Who an idempotent batch is from: equal batches of the same producer are stored once. */
export interface ProducerIdentity {
  readonly id: number
  readonly epoch: number
}

/** A record with its offset. */
export interface Stored {
  readonly offset: number
  readonly text: string
}

const MAGIC = 2
const NO_PRODUCER: ProducerIdentity = { id: -1, epoch: -1 }
const NO_SEQUENCE = -1
const NO_KEY = -1
/** Logs are never cleaned by age here. */
const NO_TIME = 0

/** Of the attributes: the codec, whether it is in a transaction, and whether it is a marker that ends one. */
const CODEC = 0b111
const TRANSACTIONAL = 0b1_0000
const CONTROL = 0b10_0000
/** What a marker says, by the last byte of its key: a version and a kind, of two bytes each. */
const ABORTS = 0

/** A batch of one record without a key. @param producer null: it is not idempotent */
export const batchOf = (
  text: string,
  producer: ProducerIdentity | null,
  sequence: number,
  isTransactional = false,
): Buffer => {
  const value = Buffer.from(text)
  const record = new Writer().int8(0).varint(0).varint(0).varint(NO_KEY)
  const body = record.varint(value.length).raw(value).varint(0).done()
  const { id, epoch } = producer ?? NO_PRODUCER
  const summed = new Writer()
    .int16(isTransactional ? TRANSACTIONAL : 0)
    .int32(0)
    .int64(NO_TIME)
    .int64(NO_TIME)
    .int64(id)
    .int16(epoch)
    .int32(producer === null ? NO_SEQUENCE : sequence)
    .int32(1)
    .varint(body.length)
    .raw(body)
    .done()
  const rest = new Writer().int32(-1).int8(MAGIC).uint32(crc32c(summed)).raw(summed).done()
  return new Writer().int64(0).bytes(rest).done()
}

export interface Batch {
  /** The offset after it. */
  readonly next: number
  readonly producer: number
  /** In a transaction, and not aborted. */
  readonly isTransactional: boolean
  /** How it ends a transaction. Null: it is no marker. */
  readonly ends: 'commit' | 'abort' | null
  readonly records: readonly Stored[]
}

const recordFrom = (reader: Reader, base: number): Stored & { readonly key: Buffer } => {
  const record = new Reader(reader.raw(reader.varint()))
  record.int8()
  record.varint()
  const offset = base + record.varint()
  const key = record.raw(Math.max(0, record.varint()))
  return { offset, key, text: record.raw(Math.max(0, record.varint())).toString() }
}

/** What follows the length of a batch. @throws if it is damaged, compressed or of another format */
const batchFrom = (base: number, bytes: Buffer): Batch => {
  const reader = new Reader(bytes)
  reader.int32()
  const magic = reader.int8()
  if (magic !== MAGIC) throw new Error(`a batch of format ${magic}`)
  const sum = reader.uint32()
  if (crc32c(bytes.subarray(bytes.length - reader.left)) !== sum)
    throw new Error(`the batch at ${base} has a wrong checksum`)
  const attributes = reader.int16()
  if ((attributes & CODEC) !== 0) throw new Error('a compressed batch')
  const next = base + reader.int32() + 1
  reader.raw(8 + 8)
  const producer = reader.int64()
  reader.raw(2 + 4)
  const records = reader.array((each) => recordFrom(each, base))
  const isMarker = (attributes & CONTROL) !== 0
  const says = records[0]?.key.at(-1) === ABORTS ? 'abort' : 'commit'
  return {
    next,
    producer,
    isTransactional: (attributes & TRANSACTIONAL) !== 0,
    ends: isMarker ? says : null,
    records: isMarker ? [] : records.map(({ offset, text }) => ({ offset, text })),
  }
}

/**
 * Leaves out what was aborted, as a consumer does (KIP-98, "Consumer Changes"): a transaction is aborted from its first record in the
 * topic up to its marker.
 */
class Filter {
  readonly #coming: Aborted[]
  readonly #aborted = new Set<number>()

  constructor(aborted: readonly Aborted[]) {
    this.#coming = aborted.toSorted((a, b) => a.first - b.first)
  }

  shows({ next, producer, isTransactional, ends }: Batch): boolean {
    for (let [first] = this.#coming; first !== undefined && first.first < next; [first] = this.#coming) {
      this.#aborted.add(first.producer)
      this.#coming.shift()
    }
    if (ends === 'abort') this.#aborted.delete(producer)
    return !(isTransactional && this.#aborted.has(producer))
  }
}

/**
 * Whole batches; a last one that is cut off is left out, and so are records that were aborted.
 *
 * @param from a batch is answered wholly, also from its middle on: records before this offset are left out
 * @param aborted transactions whose records are left out
 * @throws if a batch is damaged, compressed or of another format
 */
export const batchesFrom = function* (
  bytes: Buffer,
  from: number,
  aborted: readonly Aborted[],
): Generator<Batch> {
  const reader = new Reader(bytes)
  const filter = new Filter(aborted)
  while (reader.left >= 12) {
    const base = reader.int64()
    const length = reader.int32()
    if (length > reader.left) break
    const batch = batchFrom(base, reader.raw(length))
    const isShown = filter.shows(batch)
    const records = isShown ? batch.records.filter(({ offset }) => offset >= from) : []
    yield { ...batch, isTransactional: batch.isTransactional && isShown, records }
  }
}

/** The records of whole batches. `next`: the offset after them, `from` if there is none. */
export const recordsFrom = (
  bytes: Buffer,
  from: number,
): { readonly next: number; readonly records: readonly Stored[] } => {
  const records: Stored[] = []
  let next = from
  for (const batch of batchesFrom(bytes, from, [])) {
    records.push(...batch.records)
    next = batch.next
  }
  return { next, records }
}
