/** The objects of the vocabularies, each made of one stream. What changes an object is one publication. */
import type { Call } from '../../harness/api/history.ts'
import { parseJson, printJson } from '../../harness/support/json.ts'
import { APPEND_LOG } from '../../harness/vocabularies/append-log.ts'
import { COUNTER } from '../../harness/vocabularies/counter.ts'
import { QUEUE } from '../../harness/vocabularies/queue.ts'
import { REGISTER } from '../../harness/vocabularies/register.ts'
import { SET } from '../../harness/vocabularies/set.ts'
import { UNIQUE_IDS } from '../../harness/vocabularies/unique-ids.ts'
import type { Scalar } from '../../harness/vocabularies/values.ts'
import { asCall } from '../../harness/vocabularies/vocabulary.ts'
import { WATCH } from '../../harness/vocabularies/watch.ts'
import { MismatchError } from './errors.ts'
import type { Session } from './session.ts'

/** Does a call. @throws what `outcomeOf` takes apart */
export type Act = (session: Session, call: Call) => Promise<unknown>

/** A key as a part of a name: streams and subjects allow few characters. */
const nameOf = (key: Scalar): string => Buffer.from(printJson(key)).toString('hex')
const scalarOf = (text: string): Scalar => parseJson(text) as Scalar

/** A stream for each log. Its sequences have no gaps, so they are the offsets. */
export const actOnLog: Act = async (session, raw) => {
  const call = asCall(APPEND_LOG, raw)
  const { key } = call.value
  const name = `log-${nameOf(key)}`
  await session.declare({ name, subjects: [name] })
  if (call.f === 'read') {
    const messages = await session.readFrom(name, 1)
    return { key, values: messages.map(({ text }) => scalarOf(text)) }
  }
  const sequence = await session.publish(name, printJson(call.value.value))
  return { ...call.value, offset: sequence - 1 }
}

const ELEMENTS = 'set'

export const actOnSet: Act = async (session, raw) => {
  const call = asCall(SET, raw)
  await session.declare({ name: ELEMENTS, subjects: [ELEMENTS] })
  if (call.f === 'read') {
    const messages = await session.readFrom(ELEMENTS, 1)
    return { elements: messages.map(({ text }) => scalarOf(text)) }
  }
  await session.publish(ELEMENTS, printJson(call.value.element))
  return call.value
}

/** A stream for each queue, from which an acknowledged message is removed. */
export const actOnQueue: Act = async (session, raw) => {
  const call = asCall(QUEUE, raw)
  const { key } = call.value
  const name = `queue-${nameOf(key)}`
  await session.declare({ name, subjects: [name], retention: 'workqueue' })
  if (call.f === 'enqueue') {
    await session.publish(name, printJson(call.value.value))
    return call.value
  }
  await session.declareConsumer(name)
  const text = await session.take(name)
  return { key, value: text === null ? null : scalarOf(text) }
}

const REGISTERS = 'KV_registers'

/**
 * A bucket of the key-value store: a stream that keeps the last message of each key. The revision of a value is its sequence.
 */
export const actOnRegister: Act = async (session, raw) => {
  const call = asCall(REGISTER, raw)
  const { key } = call.value
  const subject = `$KV.registers.${nameOf(key)}`
  await session.declare({ name: REGISTERS, subjects: ['$KV.registers.>'], max_msgs_per_subject: 1 })
  if (call.f === 'read') {
    const latest = await session.latest(REGISTERS, subject)
    return { key, value: latest === null ? null : scalarOf(latest.text) }
  }
  if (call.f === 'write') {
    await session.publish(subject, printJson(call.value.value))
    return call.value
  }
  const latest = await session.latestOfLeader(REGISTERS, subject)
  const expected = call.value.expected === null ? null : printJson(call.value.expected)
  // No observation: what the leader shows may be old.
  if ((latest?.text ?? null) !== expected) throw new MismatchError('the value is another one')
  await session.publishAt(subject, printJson(call.value.next), latest?.sequence ?? 0)
  return { ...call.value, applied: true }
}

const IDS = 'ids'

/** The sequence of a message. */
export const actOnIds: Act = async (session, raw) => {
  asCall(UNIQUE_IDS, raw)
  await session.declare({ name: IDS, subjects: [IDS], max_msgs_per_subject: 1 })
  return { id: await session.publish(IDS, '') }
}

const CHANGES = 'changes'

/** The changes are the messages of a stream, and its sequences their revisions. */
export const actOnWatch: Act = async (session, raw) => {
  const call = asCall(WATCH, raw)
  await session.declare({ name: CHANGES, subjects: [CHANGES] })
  if (call.f === 'put')
    return { ...call.value, revision: await session.publish(CHANGES, JSON.stringify(call.value)) }
  const { after } = call.value
  const messages = await session.readFrom(CHANGES, after + 1)
  const events = messages.map(({ sequence, text }) => ({
    ...(JSON.parse(text) as { key: number; value: number }),
    revision: sequence,
  }))
  return { events, upTo: messages.at(-1)?.sequence ?? after }
}

const COUNTERS = 'counters'

/** NATS's own counters (2.12, ADR-49): the stream adds up what is published on a subject. */
export const actOnCounter: Act = async (session, raw) => {
  const call = asCall(COUNTER, raw)
  const { key } = call.value
  const subject = `counters.${nameOf(key)}`
  await session.declare({ name: COUNTERS, subjects: ['counters.>'], allow_msg_counter: true })
  if (call.f === 'read') {
    const latest = await session.latest(COUNTERS, subject)
    return { key, value: latest === null ? 0 : Number((JSON.parse(latest.text) as { val: string }).val) }
  }
  await session.increment(subject, call.value.delta)
  return call.value
}
