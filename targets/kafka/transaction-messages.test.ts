/** Requests of transactions as bytes, by the schemas at https://kafka.apache.org/protocol#protocol_messages. */
import { expect, it } from 'vitest'
import { findCoordinator } from './coordinator.ts'
import type { Message } from './message.ts'
import { fetch, initProducer, produce, READ_COMMITTED } from './messages.ts'
import { addTopic, endTransaction, endTransactionAndEpoch, produceAndAdd } from './transaction-messages.ts'
import { Reader, Writer } from './wire.ts'

const SELF = { name: 'tx', id: 0x0102, epoch: 3 }
const BATCH = Buffer.from('beef', 'hex')

const written = <Answer>({ write }: Message<Answer>): string => {
  const writer = new Writer()
  write(writer)
  return writer.done().toString('hex')
}

/** Without blanks, which are for readers. */
const bytes = (text: string): string => text.replaceAll(/\s/g, '')

const read = <Answer>(message: Message<Answer>, text: string): Answer =>
  message.read(new Reader(Buffer.from(bytes(text), 'hex')))

const TX = '0002 7478'
const ID_AND_EPOCH = '0000000000000102 0003'
const TOPIC = '0001 74'

it.each<readonly [string, Message<unknown>, readonly [number, number, boolean], string]>([
  ['FindCoordinator', findCoordinator('tx', 'producer'), [10, 1, false], `${TX} 01`],
  ['FindCoordinator of a group', findCoordinator('tx', 'group'), [10, 1, false], `${TX} 00`],
  ['InitProducerId', initProducer('tx', 1000), [22, 1, false], `${TX} 000003e8`],
  ['InitProducerId without transactions', initProducer(), [22, 1, false], 'ffff 00000000'],
  [
    'AddPartitionsToTxn',
    addTopic(SELF, 't'),
    [24, 2, false],
    `${TX} ${ID_AND_EPOCH} 00000001 ${TOPIC} 00000001 00000000`,
  ],
  ['EndTxn that commits', endTransaction(SELF, true), [26, 2, false], `${TX} ${ID_AND_EPOCH} 01`],
  ['EndTxn that aborts', endTransaction(SELF, false), [26, 2, false], `${TX} ${ID_AND_EPOCH} 00`],
  [
    'EndTxn with a new epoch',
    endTransactionAndEpoch(SELF, true),
    [26, 5, true],
    `03 7478 ${ID_AND_EPOCH} 01 00`,
  ],
  [
    'Produce in a transaction',
    produce('t', BATCH, -1, 1000, 'tx'),
    [0, 7, false],
    `${TX} ffff 000003e8 00000001 ${TOPIC} 00000001 00000000 00000002 beef`,
  ],
  [
    'Produce that adds the partition',
    produceAndAdd('t', BATCH, 1000, 'tx'),
    [0, 12, true],
    // Each array, topic and partition ends with its tags, of which there are none.
    '03 7478 ffff 000003e8 02 02 74 02 00000000 03 beef 00 00 00',
  ],
])('%s', (_, message, [key, version, isFlexible], expected) => {
  expect([message.key, message.version, message.isFlexible]).toEqual([key, version, isFlexible])
  expect(written(message)).toBe(bytes(expected))
})

it('a fetch asks for what is committed by one byte', () => {
  const [all, committed] = [written(fetch('t', 0, 0)), written(fetch('t', 0, 0, READ_COMMITTED))]
  const at = 2 * (4 + 4 + 4 + 4)
  expect([all.slice(at, at + 2), committed.slice(at, at + 2)]).toEqual(['00', '01'])
  expect(committed.slice(at + 2)).toBe(all.slice(at + 2))
})

it('answers are read', () => {
  expect(read(addTopic(SELF, 't'), `00000000 00000001 ${TOPIC} 00000001 00000000 0033`)).toBe(51)
  expect(read(addTopic(SELF, 't'), '00000000 00000000')).toBe(-1)
  expect(read(endTransaction(SELF, true), '00000000 0000')).toEqual({ error: 0, id: 0x0102, epoch: 3 })
  expect(read(endTransactionAndEpoch(SELF, true), '00000000 0000 0000000000000102 0004 00')).toEqual({
    error: 0,
    id: 0x0102,
    epoch: 4,
  })
  expect(read(produceAndAdd('t', BATCH, 1000, 'tx'), '02 02 74 02 00000000 0013 ffffffffffffffff')).toEqual({
    error: 19,
    offset: -1,
  })
  expect(read(produceAndAdd('t', BATCH, 1000, 'tx'), '01')).toEqual({ error: -1, offset: -1 })
})
