/** Batches of records, as they are sent and as they lie in the log: https://kafka.apache.org/documentation/#recordbatch (magic 2). */
import { crc32c } from './crc32c.ts'
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

/** Of the attributes: the codec, and whether it is a batch of markers that end transactions. */
const CODEC = 0b111
const CONTROL = 0b10_0000

/** A batch of one record without a key. @param producer null: it is not idempotent */
export const batchOf = (text: string, producer: ProducerIdentity | null, sequence: number): Buffer => {
  const value = Buffer.from(text)
  const record = new Writer().int8(0).varint(0).varint(0).varint(NO_KEY)
  const body = record.varint(value.length).raw(value).varint(0).done()
  const { id, epoch } = producer ?? NO_PRODUCER
  const summed = new Writer()
    .int16(0)
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

const recordFrom = (reader: Reader, base: number): Stored => {
  const record = new Reader(reader.raw(reader.varint()))
  record.int8()
  record.varint()
  const offset = base + record.varint()
  record.raw(Math.max(0, record.varint()))
  return { offset, text: record.raw(Math.max(0, record.varint())).toString() }
}

/** What follows the length of a batch. @throws if it is damaged, compressed or of another format */
const batchFrom = (
  base: number,
  bytes: Buffer,
): { readonly next: number; readonly records: readonly Stored[] } => {
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
  reader.raw(8 + 8 + 8 + 2 + 4)
  const records = reader.array((each) => recordFrom(each, base))
  return { next, records: (attributes & CONTROL) === 0 ? records : [] }
}

/**
 * The records of whole batches; a last one that is cut off is left out. `next`: the offset after them, `from` if there is none.
 *
 * @throws if a batch is damaged, compressed or of another format
 */
export const recordsFrom = (
  bytes: Buffer,
  from: number,
): { readonly next: number; readonly records: readonly Stored[] } => {
  const reader = new Reader(bytes)
  const records: Stored[] = []
  let next = from
  while (reader.left >= 12) {
    const base = reader.int64()
    const length = reader.int32()
    if (length > reader.left) break
    const batch = batchFrom(base, reader.raw(length))
    next = batch.next
    // A batch is answered wholly, also from its middle on.
    records.push(...batch.records.filter(({ offset }) => offset >= from))
  }
  return { next, records }
}
