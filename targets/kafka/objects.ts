/** The objects of the vocabularies, each made of one topic with one partition. What changes an object is one record. */
import type { Call } from '../../harness/api/history.ts'
import { parseJson, printJson } from '../../harness/support/json.ts'
import { APPEND_LOG } from '../../harness/vocabularies/append-log.ts'
import { QUEUE } from '../../harness/vocabularies/queue.ts'
import { SET } from '../../harness/vocabularies/set.ts'
import { UNIQUE_IDS } from '../../harness/vocabularies/unique-ids.ts'
import type { Scalar } from '../../harness/vocabularies/values.ts'
import { asCall } from '../../harness/vocabularies/vocabulary.ts'
import { WATCH } from '../../harness/vocabularies/watch.ts'
import type { Cluster } from './brokers.ts'
import { takeOne } from './group.ts'
import type { Producer } from './producer.ts'
import { type Reads, readFrom } from './reader.ts'
import type { Transactions } from './transactions.ts'

export interface Session {
  readonly brokers: Cluster
  readonly producer: Producer
  readonly transactions: Transactions
  readonly reads: Reads
  readonly signal: AbortSignal
}

/** Does a call. @throws what `outcomeOf` takes apart */
export type Act = (session: Session, call: Call) => Promise<unknown>

/** A key as a part of a topic's name, which allows few characters: numbers as they are, others as hexadecimal digits. */
const nameOf = (kind: string, key: Scalar): string =>
  typeof key === 'number' && key >= 0
    ? `${kind}.${key}`
    : `${kind}-${Buffer.from(printJson(key)).toString('hex')}`
const scalarOf = (text: string): Scalar => parseJson(text) as Scalar

const textsOf = async ({ brokers, reads, signal }: Session, topic: string): Promise<readonly Scalar[]> => {
  const records = await readFrom(brokers, topic, 0, reads, signal)
  return records.map(({ text }) => scalarOf(text))
}

export const actOnLog: Act = async (session, raw) => {
  const call = asCall(APPEND_LOG, raw)
  const { key } = call.value
  const topic = nameOf('log', key)
  if (call.f === 'read') return { key, values: await textsOf(session, topic) }
  const offset = await session.producer.append(topic, printJson(call.value.value), session.signal)
  return { ...call.value, offset }
}

const ELEMENTS = 'elements'

export const actOnSet: Act = async (session, raw) => {
  const call = asCall(SET, raw)
  if (call.f === 'read') return { elements: await textsOf(session, ELEMENTS) }
  await session.producer.append(ELEMENTS, printJson(call.value.element), session.signal)
  return call.value
}

/** A topic for each queue, and a consumer group of the same name. */
export const actOnQueue: Act = async (session, raw) => {
  const call = asCall(QUEUE, raw)
  const { key } = call.value
  const topic = nameOf('queue', key)
  if (call.f === 'enqueue') {
    await session.producer.append(topic, printJson(call.value.value), session.signal)
    return call.value
  }
  const text = await takeOne(session.brokers, topic, session.signal)
  return { key, value: text === null ? null : scalarOf(text) }
}

const IDS = 'ids'

/** The offset of a record. */
export const actOnIds: Act = async ({ producer, signal }, raw) => {
  asCall(UNIQUE_IDS, raw)
  return { id: await producer.append(IDS, '', signal) }
}

const CHANGES = 'changes'

/** The changes are the records of a topic, and the revision of one is its offset, from 1. */
export const actOnWatch: Act = async ({ brokers, producer, reads, signal }, raw) => {
  const call = asCall(WATCH, raw)
  if (call.f === 'put') {
    const offset = await producer.append(CHANGES, JSON.stringify(call.value), signal)
    return { ...call.value, revision: offset + 1 }
  }
  const { after } = call.value
  const records = await readFrom(brokers, CHANGES, after, reads, signal)
  const events = records.map(({ offset, text }) => ({
    ...(JSON.parse(text) as { key: number; value: number | null }),
    revision: offset + 1,
  }))
  return { events, upTo: events.at(-1)?.revision ?? after }
}
