import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { crc32c } from './crc32c.ts'
import { batchesFrom, batchOf, recordsFrom } from './records.ts'
import { inTransaction, marker } from './testing/logged.ts'
import { Reader, Writer } from './wire.ts'

const PRODUCER = { id: 4001, epoch: 2 }

/** As it lies in a log: the broker writes the offset. */
const storedAt = (offset: number, text: string): Buffer => {
  const batch = batchOf(text, PRODUCER, 0)
  batch.writeBigInt64BE(BigInt(offset))
  return batch
}

describe('numbers', () => {
  it.each([0, 1, 127, 128, 300, 2 ** 31 - 1])(
    '%d is read as it was written, in as few bytes as fit',
    (value) => {
      const bytes = new Writer().unsigned(value).done()
      expect(new Reader(bytes).unsigned()).toBe(value)
      expect(bytes.length).toBe(Math.max(1, Math.ceil(Math.log2(value + 1) / 7)))
    },
  )

  it('of either sign are read as they were written', () =>
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 29), max: 2 ** 29 }), (value) => {
        expect(new Reader(new Writer().varint(value).done()).varint()).toBe(value)
      }),
    ))

  it('are zigzag: small ones of either sign are short', () =>
    expect([0, -1, 1, -2].map((value) => new Writer().varint(value).done()[0])).toEqual([0, 1, 2, 3]))

  it('that are announced and missing are an error', () => {
    expect(() => new Reader(new Writer().int16(5).done()).text()).toThrow(
      '5 bytes are announced and 0 are left',
    )
    expect(() => new Reader(Buffer.alloc(3)).int32()).toThrow(RangeError)
  })
})

it('the checksum is Castagnoli’s (RFC 3720, B.4)', () => {
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283)
  expect(crc32c(Buffer.alloc(32))).toBe(0x8a9136aa)
})

describe('a batch', () => {
  it('has a record, its producer and its number', () => {
    const reader = new Reader(batchOf('value', PRODUCER, 7))
    reader.raw(8)
    expect(reader.int32()).toBe(reader.left)
    reader.raw(4 + 1 + 4 + 2 + 4 + 8 + 8)
    expect([reader.int64(), reader.int16(), reader.int32()]).toEqual([4001, 2, 7])
  })

  it('has no number without a producer', () => {
    const reader = new Reader(batchOf('value', null, 7))
    reader.raw(8 + 4 + 4 + 1 + 4 + 2 + 4 + 8 + 8)
    expect([reader.int64(), reader.int16(), reader.int32()]).toEqual([-1, -1, -1])
  })

  it('is read with its offset', () => {
    const bytes = Buffer.concat([storedAt(4, 'vier'), storedAt(5, 'fünf')])
    expect(recordsFrom(bytes, 4)).toEqual({
      next: 6,
      records: [
        { offset: 4, text: 'vier' },
        { offset: 5, text: 'fünf' },
      ],
    })
  })

  it('that begins before what was asked for is read from there on', () =>
    expect(recordsFrom(Buffer.concat([storedAt(4, 'a'), storedAt(5, 'b')]), 5).records).toEqual([
      { offset: 5, text: 'b' },
    ]))

  it('that is cut off is left out, wherever it is cut', () => {
    const [first, second] = [storedAt(0, 'whole'), storedAt(1, 'cut')]
    for (let length = 0; length < second.length; length += 1)
      expect(recordsFrom(Buffer.concat([first, second.subarray(0, length)]), 0)).toEqual({
        next: 1,
        records: [{ offset: 0, text: 'whole' }],
      })
  })

  it('of markers has no records, and has offsets', () => {
    const batch = storedAt(3, 'marker')
    const summed = batch.subarray(21)
    summed.writeInt16BE(0b10_0000)
    batch.writeUInt32BE(crc32c(summed), 17)
    expect(recordsFrom(batch, 3)).toEqual({ next: 4, records: [] })
  })

  it('with a flipped bit is an error', () => {
    const batch = storedAt(3, 'value')
    batch[batch.length - 3] = (batch[batch.length - 3] as number) ^ 1
    expect(() => recordsFrom(batch, 3)).toThrow('the batch at 3 has a wrong checksum')
  })

  it('of an older format is an error', () => {
    const batch = storedAt(3, 'value')
    batch[16] = 1
    expect(() => recordsFrom(batch, 3)).toThrow('a batch of format 1')
  })
})

describe('what was aborted', () => {
  const shown = (batches: readonly Buffer[], ...aborted: readonly (readonly [number, number])[]) =>
    [
      ...batchesFrom(
        Buffer.concat(batches),
        0,
        aborted.map(([producer, first]) => ({ producer, first })),
      ),
    ].flatMap(({ records }) => records.map(({ offset }) => offset))

  it('is left out from its first record to its marker, and nothing else of that producer', () => {
    const log = [
      inTransaction(0, 1),
      marker(1, 1, 'commit'),
      inTransaction(2, 1),
      inTransaction(3, 2),
      inTransaction(4, 1),
      marker(5, 1, 'abort'),
      inTransaction(6, 1),
      marker(7, 1, 'commit'),
      marker(8, 2, 'commit'),
    ]
    expect(shown(log, [1, 2])).toEqual([0, 3, 6])
    expect(shown(log)).toEqual([0, 2, 3, 4, 6])
  })

  it('is left out if it began before what was asked for', () =>
    expect(shown([inTransaction(4, 1), inTransaction(5, 2), marker(6, 1, 'abort')], [1, 0])).toEqual([5]))

  it('may be several transactions of one producer, in any order', () => {
    const log = [
      inTransaction(0, 1),
      marker(1, 1, 'abort'),
      inTransaction(2, 1),
      marker(3, 1, 'commit'),
      inTransaction(4, 1),
      marker(5, 1, 'abort'),
    ]
    expect(shown(log, [1, 4], [1, 0])).toEqual([2])
  })

  it('is in no record without a transaction', () => expect(shown([storedAt(0, 'x')], [4001, 0])).toEqual([0]))
})
