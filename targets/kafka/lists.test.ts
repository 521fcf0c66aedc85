/** What a call of lists asks, and in which order. */
import { expect, it } from 'vitest'
import type { Cluster } from './brokers.ts'
import { actOnLists } from './lists.ts'
import type { Message } from './message.ts'
import type { Producer } from './producer.ts'
import { batchOf } from './records.ts'
import { clusterOf } from './testing/cluster.ts'
import type { Append, Transactions } from './transactions.ts'
import { Reader, Writer } from './wire.ts'

const LATEST = 2

/** A log of committed records, in every topic. */
const clusterWith = (texts: readonly string[], told: (what: string) => void): Cluster => {
  const batches = texts.map((text, offset) => {
    const batch = batchOf(text, null, 0)
    batch.writeBigInt64BE(BigInt(offset))
    return batch
  })
  const head = (): Writer => new Writer().int32(0)
  const end = head().int32(1).text('t').int32(1).int32(0).int16(0).int64(-1).int64(texts.length).int32(0)
  const log = head().int16(0).int32(0).int32(1).text('t').int32(1).int32(0).int16(0)
  log.int64(texts.length).int64(texts.length).int64(0).int32(0).int32(-1).bytes(Buffer.concat(batches))
  const link = {
    isOpen: true,
    tell: () => {},
    ask: async <T>(message: Message<T>): Promise<T> => {
      if (message.key !== LATEST) told('read')
      return message.read(new Reader((message.key === LATEST ? end : log).done()))
    },
  }
  return clusterOf(link)
}

const done = async (value: readonly unknown[], texts: readonly string[]) => {
  const told: string[] = []
  const transactions = {
    introduce: async () => {
      told.push('introduce')
    },
    commit: async (appends: readonly Append[]) => {
      told.push(`commit ${appends.map(({ text }) => text).join(' ')}`)
    },
  } as unknown as Transactions
  const session = {
    brokers: clusterWith(texts, (what) => told.push(what)),
    producer: {} as Producer,
    transactions,
    reads: 'leader',
    signal: new AbortController().signal,
  } as const
  return { answer: await actOnLists(session, { f: 'txn', value }), told }
}

it('reads first, and appends in one transaction', async () => {
  const value = [
    ['append', 1, 9],
    ['r', 1, null],
    ['append', 'x', 8],
  ]
  const { answer, told } = await done(value, ['[1,5]', '[2,6]', '[1,7]'])
  // The own append is not shown: it is not committed yet.
  expect(answer).toEqual([
    ['append', 1, 9],
    ['r', 1, [5, 7]],
    ['append', 'x', 8],
  ])
  expect(told).toEqual(['introduce', 'read', 'commit [1,9] ["x",8]'])
})

it('only reads, without a transaction', async () => {
  const { answer, told } = await done([['r', 3, null]], ['[1,5]'])
  expect(answer).toEqual([['r', 3, []]])
  expect(told).toEqual(['read'])
})
