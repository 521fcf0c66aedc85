/** Reads from brokers of the test, which answer each request as they are told to. */
import { describe, expect, it } from 'vitest'
import type { Cluster } from './brokers.ts'
import { KafkaError } from './errors.ts'
import type { Message } from './message.ts'
import { type Reads, readCommitted, readFrom } from './reader.ts'
import { batchOf } from './records.ts'
import { inTransaction, marker } from './testing/logged.ts'
import { Reader, Writer } from './wire.ts'

const NEVER = new AbortController().signal
const LATEST = 2

const endAt = (offset: number, error = 0): Buffer =>
  new Writer()
    .int32(0)
    .int32(1)
    .text('t')
    .int32(1)
    .int32(0)
    .int16(error)
    .int64(-1)
    .int64(offset)
    .int32(0)
    .done()

const recordAt = (offset: number): Buffer => {
  const batch = batchOf(`r${offset}`, null, 0)
  batch.writeBigInt64BE(BigInt(offset))
  return batch
}

/** With these batches. */
const fetchedOf = (
  batches: readonly Buffer[],
  lastStable: number,
  highWatermark = lastStable,
  error = 0,
): Buffer =>
  new Writer()
    .int32(0)
    .int16(0)
    .int32(0)
    .int32(1)
    .text('t')
    .int32(1)
    .int32(0)
    .int16(error)
    .int64(highWatermark)
    .int64(lastStable)
    .int64(0)
    .int32(-1)
    .int32(-1)
    .bytes(Buffer.concat(batches))
    .done()

/** With the records of these offsets. */
const fetched = (
  highWatermark: number,
  offsets: readonly number[],
  error = 0,
  lastStable = highWatermark,
): Buffer => fetchedOf(offsets.map(recordAt), lastStable, highWatermark, error)

const playing = (answers: readonly Buffer[]) => {
  /** The broker and what it was asked. */
  const asked: string[] = []
  const linkTo = (address: string) => ({
    isOpen: true,
    tell: () => {},
    ask: async <T>(message: Message<T>): Promise<T> => {
      const answer = answers[asked.length]
      asked.push(`${address} ${message.key === LATEST ? 'end' : 'fetch'}`)
      if (answer === undefined) throw new Error('one request too many')
      return message.read(new Reader(answer))
    },
  })
  let leader = 'a'
  const cluster: Cluster = {
    home: 'b',
    linkTo: async (address) => linkTo(address),
    linkHome: async () => linkTo('b'),
    place: async () => ({ leader, replicas: ['a', 'b'] }),
    addressOf: () => 'a',
    remember: () => {},
    forget: () => {},
  }
  const read = async (reads: Reads, first = 0): Promise<readonly number[]> =>
    (await readFrom(cluster, 't', first, reads, NEVER)).map(({ offset }) => offset)
  const readDecided = async (reads: Reads): Promise<readonly number[]> =>
    (await readCommitted(cluster, 't', reads, NEVER)).map(({ offset }) => offset)
  return {
    asked,
    read,
    readDecided,
    elect: (address: string) => {
      leader = address
    },
  }
}

describe('of the leader', () => {
  it('reads up to the end that it was told, in as many parts as come', async () => {
    const { asked, read } = playing([endAt(3), fetched(3, [0, 1]), fetched(4, [2, 3])])
    expect(await read('leader')).toEqual([0, 1, 2, 3])
    expect(asked).toEqual(['a end', 'a fetch', 'a fetch'])
  })

  it('waits until it knows what was committed before it led', async () => {
    const { asked, read } = playing([endAt(-1, 78), endAt(-1, 78), endAt(1), fetched(1, [0])])
    expect(await read('leader')).toEqual([0])
    expect(asked.slice(0, 3)).toEqual(['a end', 'a end', 'a end'])
  })

  it('fails rather than to show less than it was told', async () => {
    const { read } = playing([endAt(2), fetched(1, [0]), fetched(1, [])])
    await expect(read('leader')).rejects.toThrow('t ends at 1, and was said to end at 2')
  })

  it('has nothing to read from its end on', async () => {
    const { asked, read } = playing([endAt(2)])
    expect(await read('leader', 5)).toEqual([])
    expect(asked).toEqual(['a end'])
  })

  it('asks again who leads, a few times', async () => {
    const { asked, read } = playing([endAt(-1, 6), endAt(1), fetched(1, [0])])
    expect(await read('leader')).toEqual([0])
    expect(asked).toHaveLength(3)
    const moving = playing(Array<Buffer>(9).fill(endAt(-1, 6)))
    await expect(moving.read('leader')).rejects.toThrow(KafkaError)
    expect(moving.asked).toHaveLength(4)
  })

  it('asks the leader of the moment each time', async () => {
    const { asked, read, elect } = playing([endAt(1), fetched(1, [0]), endAt(1), fetched(1, [0])])
    await read('leader')
    elect('b')
    await read('leader')
    expect(asked).toEqual(['a end', 'a fetch', 'b end', 'b fetch'])
  })
})

it('of its own replica reads what that knows to be committed, and asks nobody else', async () => {
  const { asked, read } = playing([fetched(2, [0, 1])])
  expect(await read('replica')).toEqual([0, 1])
  expect(asked).toEqual(['b fetch'])
})

it('gives up at an error that does not pass', async () => {
  await expect(playing([fetched(-1, [], 56)]).read('replica')).rejects.toThrow('KAFKA_STORAGE_ERROR')
})

describe('what is committed', () => {
  it('is read when all that was there when it was asked for is decided', async () => {
    const { asked, readDecided } = playing([
      endAt(3),
      fetched(3, [0], 0, 1),
      fetched(4, [], 0, 1),
      fetched(5, [1, 2], 0, 4),
      fetched(5, [3, 4]),
    ])
    expect(await readDecided('leader')).toEqual([0, 1, 2, 3])
    expect(asked).toEqual(['a end', 'a fetch', 'a fetch', 'a fetch', 'a fetch'])
  })

  it('is read up to the marker of each transaction of which something was read', async () => {
    const log = [inTransaction(0, 7), inTransaction(1, 8), inTransaction(2, 7), marker(3, 8), marker(4, 7)]
    // Offset 1 is said to be stable, and is within both.
    const { readDecided } = playing([endAt(1), fetchedOf(log.slice(0, 2), 1), fetchedOf(log.slice(2), 5)])
    expect(await readDecided('leader')).toEqual([0, 1, 2])
    const whole = playing([endAt(1), fetchedOf([marker(0, 7), inTransaction(1, 7), marker(2, 7)], 1)])
    expect(await whole.readDecided('leader')).toEqual([])
  })

  it('of an empty topic is nothing', async () => {
    expect(await playing([endAt(0), fetched(0, [])]).readDecided('leader')).toEqual([])
    expect(await playing([fetched(0, [])]).readDecided('replica')).toEqual([])
  })

  it('of its own replica waits for what that replica has', async () => {
    const { asked, readDecided } = playing([fetched(2, [0], 0, 1), fetched(2, [1])])
    expect(await readDecided('replica')).toEqual([0, 1])
    expect(asked).toEqual(['b fetch', 'b fetch'])
  })
})
