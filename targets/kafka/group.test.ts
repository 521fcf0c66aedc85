/** A consumer against a coordinator of the test, which answers each request as it is told to. */
import { describe, expect, it } from 'vitest'
import { InDoubtError, KafkaError, NoAnswerError } from './errors.ts'
import { takeOne } from './group.ts'
import type { Message } from './message.ts'
import { batchOf } from './records.ts'
import { clusterOf } from './testing/cluster.ts'
import { Reader, Writer } from './wire.ts'

const NEVER = new AbortController().signal

/** By the numbers of Kafka's protocol. */
const REQUESTS = {
  1: 'fetch',
  2: 'end',
  8: 'commit',
  9: 'position',
  10: 'coordinator',
  11: 'join',
  12: 'heartbeat',
  13: 'leave',
  14: 'sync',
} as const
type Request = (typeof REQUESTS)[keyof typeof REQUESTS]

const errorAlone = (error: number): Buffer => new Writer().int32(0).int16(error).done()
const joinedAs = (member: string, leader: string, members: readonly string[]): Buffer =>
  new Writer()
    .int32(0)
    .int16(0)
    .int32(7)
    .text('faultline')
    .text(leader)
    .text(member)
    .array(members, (to, each) => to.text(each).bytes(Buffer.alloc(0)))
    .done()
const assigned = (text: string): Buffer => new Writer().int32(0).int16(0).bytes(Buffer.from(text)).done()
const positionOf = (offset: number): Buffer =>
  new Writer().int32(0).int32(1).text('q').int32(1).int32(0).int64(offset).text(null).int16(0).int16(0).done()
const fetched = (bytes: Buffer): Buffer =>
  new Writer()
    .int32(0)
    .int16(0)
    .int32(0)
    .int32(1)
    .text('q')
    .int32(1)
    .int32(0)
    .int16(0)
    .int64(9)
    .int64(9)
    .int64(0)
    .int32(-1)
    .int32(-1)
    .bytes(bytes)
    .done()

const endAt = (offset: number, error = 0): Buffer =>
  new Writer()
    .int32(0)
    .int32(1)
    .text('q')
    .int32(1)
    .int32(0)
    .int16(error)
    .int64(-1)
    .int64(offset)
    .int32(0)
    .done()

const recordAt = (offset: number, text: string): Buffer => {
  const batch = batchOf(text, null, 0)
  batch.writeBigInt64BE(BigInt(offset))
  return batch
}

/** Nobody waits for the answers to the others. */
type Question = Exclude<Request, 'commit' | 'leave'>
const HEALTHY: Readonly<Record<Question, readonly (Buffer | Error)[]>> = {
  coordinator: [new Writer().int32(0).int16(0).text(null).int32(1).text('a').int32(9092).done()],
  join: [joinedAs('me', 'me', ['me'])],
  sync: [assigned('assigned')],
  heartbeat: [errorAlone(0)],
  position: [positionOf(4)],
  fetch: [fetched(recordAt(4, '"taken"'))],
  end: [endAt(5)],
}

const playing = (answers: Partial<typeof HEALTHY> = {}) => {
  const requests: Request[] = []
  const sent: Buffer[] = []
  const note = <T>(message: Message<T>): void => {
    const writer = new Writer()
    message.write(writer)
    requests.push(REQUESTS[message.key as keyof typeof REQUESTS])
    sent.push(writer.done())
  }
  const link = {
    isOpen: true,
    tell: <T>(message: Message<T>): void => note(message),
    ask: async <T>(message: Message<T>): Promise<T> => {
      const request = REQUESTS[message.key as keyof typeof REQUESTS] as Question
      const list = answers[request] ?? HEALTHY[request]
      const answer = list[requests.filter((each) => each === request).length] ?? list.at(-1)
      note(message)
      if (answer instanceof Error || answer === undefined) throw answer
      return message.read(new Reader(answer))
    },
  }
  const cluster = clusterOf(link)
  return { requests, sent, take: (signal = NEVER) => takeOne(cluster, 'q', signal) }
}

describe('a consumer', () => {
  it('joins, takes one record, commits the next offset and leaves', async () => {
    const { requests, sent, take } = playing()
    expect(await take()).toBe('"taken"')
    expect(requests).toEqual(['coordinator', 'join', 'sync', 'position', 'fetch', 'commit', 'leave'])
    const committed = new Reader(sent[requests.indexOf('commit')] as Buffer)
    expect([committed.text(), committed.int32(), committed.text()]).toEqual(['q', 7, 'me'])
    committed.raw(4)
    committed.text()
    committed.raw(4 + 4)
    expect(committed.int64()).toBe(5)
  })

  it('commits nothing where there is nothing', async () => {
    const { requests, take } = playing({
      position: [positionOf(-1)],
      fetch: [fetched(Buffer.alloc(0))],
      end: [endAt(0)],
    })
    expect(await take()).toBeNull()
    expect(requests).not.toContain('commit')
  })

  it('finds no queue empty by a leader that does not know yet what was committed', async () => {
    const { requests, take } = playing({
      fetch: [fetched(Buffer.alloc(0)), fetched(recordAt(4, '"late"'))],
      end: [endAt(-1, 78), endAt(5)],
    })
    expect(await take()).toBe('"late"')
    expect(requests.slice(4, 8)).toEqual(['fetch', 'end', 'end', 'fetch'])
  })

  it('waits while another member has the partition, and joins again when the members change', async () => {
    const { requests, take } = playing({
      join: [joinedAs('me', 'other', []), joinedAs('me', 'me', ['me'])],
      sync: [assigned(''), assigned('assigned')],
      heartbeat: [errorAlone(0), errorAlone(27)],
    })
    expect(await take()).toBe('"taken"')
    expect(requests.slice(1, 7)).toEqual(['join', 'sync', 'heartbeat', 'heartbeat', 'join', 'sync'])
  })

  it('gives the partition to one member, as the leader of the group', async () => {
    const { requests, sent, take } = playing({ join: [joinedAs('b', 'b', ['c', 'b', 'd'])] })
    await take()
    const synced = new Reader(sent[requests.indexOf('sync')] as Buffer)
    synced.text()
    synced.int32()
    synced.text()
    expect(synced.array((each) => [each.text(), each.bytes().toString()])).toEqual([['b', 'assigned']])
  })

  it('asks again while the coordinator is made, and leaves the group after an error', async () => {
    const { requests, take } = playing({
      coordinator: [
        new Writer().int32(0).int16(15).text(null).int32(-1).text('').int32(-1).done(),
        ...HEALTHY.coordinator,
      ],
      position: [new NoAnswerError('closed')],
    })
    await expect(take()).rejects.toThrow('closed')
    expect(requests).toEqual(['coordinator', 'coordinator', 'join', 'sync', 'position', 'leave'])
  })

  it('is in doubt if it was not answered', async () => {
    const silent = new NoAnswerError('no answer in time')
    await expect(playing({ fetch: [silent] }).take()).rejects.toThrow(InDoubtError)
    await expect(playing({ coordinator: [silent] }).take()).rejects.toThrow(InDoubtError)
  })

  it('gives up if it is not let in', async () => {
    const refused = new Writer().int32(0).int16(25).int32(-1).text('').text('').text('').int32(0).done()
    await expect(playing({ join: [refused] }).take()).rejects.toThrow(KafkaError)
  })
})
