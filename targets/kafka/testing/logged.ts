/** Batches as they lie in a log: the broker writes the offset. */
import { crc32c } from '../crc32c.ts'
import { batchOf } from '../records.ts'
import { Writer } from '../wire.ts'

/** A record of a transaction. */
export const inTransaction = (offset: number, id: number): Buffer => {
  const batch = batchOf(`${id}`, { id, epoch: 0 }, 0, true)
  batch.writeBigInt64BE(BigInt(offset))
  return batch
}

/** The marker that ends a transaction: a batch of one record whose key has a version and a kind. */
export const marker = (offset: number, id: number, ends: 'abort' | 'commit' = 'commit'): Buffer => {
  const key = new Writer()
    .int16(0)
    .int16(ends === 'abort' ? 0 : 1)
    .done()
  const record = new Writer()
    .int8(0)
    .varint(0)
    .varint(0)
    .varint(key.length)
    .raw(key)
    .varint(0)
    .varint(0)
    .done()
  const summed = new Writer().int16(0b11_0000).int32(0).int64(0).int64(0).int64(id).int16(0).int32(-1)
  const body = summed.int32(1).varint(record.length).raw(record).done()
  const rest = new Writer().int32(-1).int8(2).uint32(crc32c(body)).raw(body).done()
  return new Writer().int64(offset).bytes(rest).done()
}
