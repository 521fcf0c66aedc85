/**
 * Requests of a transactional producer: https://kafka.apache.org/protocol#protocol_messages. There are two ways (KIP-890). Before 4.0
 * a partition is added to the transaction by a request of its own, and a producer keeps its epoch from one transaction to the next.
 * Since 4.0 the first record adds the partition, and the end of a transaction gives the producer a new epoch.
 */
import { errorOfPartition, type Message, message, ofPartition, PARTITION } from './message.ts'
import type { NewProducer, Produced } from './messages.ts'
import type { ProducerIdentity } from './records.ts'
import type { Writer } from './wire.ts'

/** A producer under its transactional id. */
export interface Transactional extends ProducerIdentity {
  readonly name: string
}

const NO_ANSWER = -1

/** The answer is an error's code, or 0. Only of the older way. */
export const addTopic = ({ name, id, epoch }: Transactional, topic: string): Message<number> =>
  message(
    24,
    2,
    (writer) =>
      writer
        .text(name)
        .int64(id)
        .int16(epoch)
        .int32(1)
        .text(topic)
        .array([PARTITION], (to, index) => to.int32(index)),
    (reader) => {
      reader.int32()
      return ofPartition(reader, errorOfPartition) ?? NO_ANSWER
    },
  )

/** The error, and who the producer is from then on: as before. */
export const endTransaction = (of: Transactional, isCommit: boolean): Message<NewProducer> =>
  message(
    26,
    2,
    (writer) => writer.text(of.name).int64(of.id).int16(of.epoch).int8(Number(isCommit)),
    (reader) => {
      reader.int32()
      return { error: reader.int16(), id: of.id, epoch: of.epoch }
    },
  )

const flexible = <Answer>(
  key: number,
  version: number,
  write: Message<Answer>['write'],
  read: Message<Answer>['read'],
): Message<Answer> => ({ key, version, isFlexible: true, write, read })

/** With a new epoch in the answer. */
export const endTransactionAndEpoch = (of: Transactional, isCommit: boolean): Message<NewProducer> =>
  flexible(
    26,
    5,
    (writer) => writer.compactText(of.name).int64(of.id).int16(of.epoch).int8(Number(isCommit)).noTags(),
    (reader) => {
      reader.int32()
      return { error: reader.int16(), id: reader.int64(), epoch: reader.int16() }
    },
  )

/** Adds the topic to the transaction, if it is not in it yet. For all replicas in sync. */
export const produceAndAdd = (
  topic: string,
  batch: Buffer,
  timeoutMs: number,
  name: string,
): Message<Produced> =>
  flexible(
    0,
    12,
    (writer) => {
      writer.compactText(name).int16(-1).int32(timeoutMs)
      writer.compactArray([batch], (to, bytes) => oneTopic(to, topic, bytes)).noTags()
    },
    (reader) => {
      const none = { error: NO_ANSWER, offset: -1 }
      if (reader.unsigned() - 1 < 1) return none
      reader.compactText()
      if (reader.unsigned() - 1 < 1) return none
      reader.int32()
      // The rest is of no interest here.
      return { error: reader.int16(), offset: reader.int64() }
    },
  )

const oneTopic = (writer: Writer, topic: string, batch: Buffer): Writer =>
  writer
    .compactText(topic)
    .compactArray([batch], (to, bytes) => to.int32(PARTITION).compactBytes(bytes).noTags())
    .noTags()
