/** What each call of a vocabulary is on our server. Keys and values are JSON in texts, so that `4` and `"4"` stay apart. */
import type { Call } from '../../harness/api/history.ts'
import type { Vocabulary } from '../../harness/api/vocabulary.ts'
import { parseJson, printJson } from '../../harness/support/json.ts'
import { APPEND_LOG } from '../../harness/vocabularies/append-log.ts'
import { COUNTER } from '../../harness/vocabularies/counter.ts'
import { LOCK } from '../../harness/vocabularies/locks.ts'
import { QUEUE } from '../../harness/vocabularies/queue.ts'
import { REGISTER } from '../../harness/vocabularies/register.ts'
import { SET } from '../../harness/vocabularies/set.ts'
import { asCall } from '../../harness/vocabularies/vocabulary.ts'

/** Sends one command, and returns its value. */
export type Send = (f: string, ...args: readonly unknown[]) => Promise<unknown>

/** Makes a call of one vocabulary by one command, and returns the ok value. */
export type Act = (send: Send, call: Call) => Promise<unknown>

const readText = (text: unknown): unknown => (text === null ? null : parseJson(String(text)))
const readTexts = (texts: unknown): readonly unknown[] => (texts as readonly unknown[]).map(readText)
/** An absent value is null on the server, too. */
const textOf = (value: unknown): string | null => (value === null ? null : printJson(value))

const actOnRegister: Act = async (send, raw) => {
  const call = asCall(REGISTER, raw)
  const key = printJson(call.value.key)
  if (call.f === 'read') return { key: call.value.key, value: readText(await send('get', key)) }
  if (call.f === 'write') {
    await send('put', key, printJson(call.value.value))
    return call.value
  }
  const { expected, next } = call.value
  return { ...call.value, applied: (await send('cas', key, textOf(expected), printJson(next))) === true }
}

const actOnSet: Act = async (send, raw) => {
  const call = asCall(SET, raw)
  if (call.f === 'read') return { elements: readTexts(await send('elements')) }
  await send('add', printJson(call.value.element))
  return call.value
}

const actOnLog: Act = async (send, raw) => {
  const call = asCall(APPEND_LOG, raw)
  const key = printJson(call.value.key)
  if (call.f === 'read') return { key: call.value.key, values: readTexts(await send('log', key)) }
  return { ...call.value, offset: Number(await send('append', key, printJson(call.value.value))) }
}

const actOnCounter: Act = async (send, raw) => {
  const call = asCall(COUNTER, raw)
  const key = printJson(call.value.key)
  if (call.f === 'read') return { key: call.value.key, value: Number(await send('count', key)) }
  await send('increment', key, call.value.delta)
  return call.value
}

const actOnQueue: Act = async (send, raw) => {
  const call = asCall(QUEUE, raw)
  const key = printJson(call.value.key)
  if (call.f === 'dequeue') return { key: call.value.key, value: readText(await send('dequeue', key)) }
  if (call.f !== 'enqueue') throw new TypeError(`our server has no ${call.f}`)
  await send('enqueue', key, printJson(call.value.value))
  return call.value
}

const actOnLock: Act = (send, raw) => {
  const { f, value } = asCall(LOCK, raw)
  return send(f, printJson(value.key), value.owner)
}

export const ACTS: readonly (readonly [Vocabulary, Act])[] = [
  [REGISTER, actOnRegister],
  [SET, actOnSet],
  [APPEND_LOG, actOnLog],
  [COUNTER, actOnCounter],
  [QUEUE, actOnQueue],
  [LOCK, actOnLock],
]
