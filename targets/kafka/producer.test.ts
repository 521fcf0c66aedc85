/** A producer against brokers of the test, which answer each record as they are told to. */
import { describe, expect, it } from 'vitest'
import { InDoubtError, KafkaError, NoAnswerError, NotSentError } from './errors.ts'
import type { Message } from './message.ts'
import type { Acks } from './messages.ts'
import { attemptOf, Producer } from './producer.ts'
import { clusterOf } from './testing/cluster.ts'
import { Reader, Writer } from './wire.ts'

type Answer = { readonly error: number; readonly offset: number } | Error

const PRODUCE = 0
const NEVER = new AbortController().signal

const producedBytes = (error: number, offset: number): Buffer =>
  new Writer()
    .int32(1)
    .text('t')
    .int32(1)
    .int32(0)
    .int16(error)
    .int64(offset)
    .int64(-1)
    .int64(0)
    .int32(0)
    .done()
const introducedBytes = new Writer().int32(0).int16(0).int64(77).int16(1).done()

/** The number that a record was sent under. */
const sequenceOf = (bytes: Buffer): number => {
  const reader = new Reader(bytes)
  reader.text()
  reader.int16()
  reader.raw(4 + 4)
  reader.text()
  reader.raw(4 + 4)
  return reader.bytes().readInt32BE(8 + 4 + 4 + 1 + 4 + 2 + 4 + 8 + 8 + 8 + 2)
}

/** @param onSent told how many records were sent */
const playing = (answers: readonly Answer[], onSent: (count: number) => void = () => {}) => {
  const sent: number[] = []
  let forgotten = 0
  const link = {
    isOpen: true,
    ask: async <T>(message: Message<T>): Promise<T> => {
      if (message.key !== PRODUCE) return message.read(new Reader(introducedBytes))
      const writer = new Writer()
      message.write(writer)
      const answer = answers[sent.length] ?? new Error('one record too many')
      sent.push(sequenceOf(writer.done()))
      onSent(sent.length)
      if (answer instanceof Error) throw answer
      return message.read(new Reader(producedBytes(answer.error, answer.offset)))
    },
    tell: () => {
      sent.push(-1)
    },
  }
  const cluster = clusterOf(link, () => {
    forgotten += 1
  })
  const producerWith = (acks: Acks, isIdempotent: boolean): Producer =>
    new Producer(cluster, { acks, isIdempotent })
  return { sent, producerWith, forgotten: () => forgotten }
}

const STORED: Answer = { error: 0, offset: 41 }
const NO_ANSWER = new NoAnswerError('the connection was closed')
const DEPOSED: Answer = { error: 6, offset: 41 }
const NO_LEADER: Answer = { error: 6, offset: -1 }

describe('an idempotent producer', () => {
  it('sends again what may be stored, under the same number, and believes the answer', async () => {
    const { sent, producerWith, forgotten } = playing([
      NO_ANSWER,
      DEPOSED,
      { error: 20, offset: -1 },
      STORED,
      STORED,
    ])
    const producer = producerWith(-1, true)
    expect(await producer.append('t', 'x', NEVER)).toBe(41)
    expect([producer.attempts, forgotten()]).toEqual([4, 3])
    await producer.append('t', 'y', NEVER)
    expect(sent).toEqual([0, 0, 0, 0, 1])
    expect(producer.isSpent).toBe(false)
  })

  it('is in doubt, and of no more use, if what comes after no answer is an error', async () => {
    const { producerWith } = playing([NO_ANSWER, { error: 45, offset: -1 }])
    const producer = producerWith(-1, true)
    await expect(producer.append('t', 'x', NEVER)).rejects.toThrow(InDoubtError)
    expect(producer.isSpent).toBe(true)
  })

  it('stays in doubt if nobody leads any more, however often it asks', async () => {
    const time = new AbortController()
    const { sent, producerWith } = playing([NO_ANSWER, ...Array<Answer>(9).fill(NO_LEADER)], (count) => {
      if (count === 8) time.abort()
    })
    await expect(producerWith(-1, true).append('t', 'x', time.signal)).rejects.toThrow(InDoubtError)
    expect(sent).toEqual(Array(8).fill(0))
  })

  it('uses a number again that was refused', async () => {
    const { sent, producerWith } = playing([{ error: 19, offset: -1 }, STORED])
    const producer = producerWith(-1, true)
    await expect(producer.append('t', 'x', NEVER)).rejects.toThrow(KafkaError)
    await producer.append('t', 'y', NEVER)
    expect(sent).toEqual([0, 0])
  })
})

describe('a producer', () => {
  it('sends nothing again that may be stored', async () => {
    for (const answer of [NO_ANSWER, DEPOSED]) {
      const { sent, producerWith } = playing([answer, STORED])
      await expect(producerWith(-1, false).append('t', 'x', NEVER)).rejects.toThrow(InDoubtError)
      expect(sent).toHaveLength(1)
    }
  })

  it('offers to somebody else what was refused, a few times', async () => {
    const { sent, producerWith } = playing([NO_LEADER, new NotSentError('closed'), STORED])
    expect(await producerWith(1, false).append('t', 'x', NEVER)).toBe(41)
    expect(sent).toHaveLength(3)
    const moving = playing(Array<Answer>(9).fill(NO_LEADER))
    await expect(moving.producerWith(1, false).append('t', 'x', NEVER)).rejects.toThrow(KafkaError)
    expect(moving.sent).toHaveLength(4)
  })

  it('waits for nothing without acknowledgements', async () => {
    const { sent, producerWith } = playing([])
    expect(await producerWith(0, false).append('t', 'x', NEVER)).toBe(-1)
    expect(sent).toEqual([-1])
  })
})

it('an answer without an offset may still be of a record that is stored', () =>
  expect(attemptOf({ error: 7, offset: -1 })).toMatchObject({ type: 'in doubt', mayPass: true }))
