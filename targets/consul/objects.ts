/**
 * Objects in Consul's key-value store. Consul compares indexes and not values, so whoever changes by the value reads it first, in
 * mode `consistent` whatever the option says, and writes if the index is still the same. If it is not, nothing was written.
 */
import type { Call, Outcome } from '../../harness/api/history.ts'
import { parseJson, printJson } from '../../harness/support/json.ts'
import { COUNTER } from '../../harness/vocabularies/counter.ts'
import { REGISTER } from '../../harness/vocabularies/register.ts'
import { SET } from '../../harness/vocabularies/set.ts'
import type { Scalar } from '../../harness/vocabularies/values.ts'
import { asCall } from '../../harness/vocabularies/vocabulary.ts'
import { WATCH } from '../../harness/vocabularies/watch.ts'
import { type Agent, type KeyValue, type Mode, type Sent, textOf, toBase64 } from './agent.ts'

/** @param mode of reads */
export type Act = (agent: Agent, call: Call, mode: Mode) => Promise<Outcome>

/** Any text is one part of a path. */
const pathOf = (folder: string, key: Scalar): string => `${folder}/${encodeURIComponent(printJson(key))}`

export const NONE: readonly KeyValue[] = []

const valueIn = (found: readonly KeyValue[]): Scalar | null =>
  found[0] === undefined ? null : (parseJson(textOf(found[0])) as Scalar)

export const unwritten = ({ error }: { readonly error: string }): Outcome => ({
  type: 'fail',
  error: `nothing was written yet: ${error}`,
})

const CHANGED: Outcome = {
  type: 'fail',
  error: 'nothing was written: the key has changed since it was read',
}

/** Writes if the key is still as it was found. Null: done. */
const replace = async (
  agent: Agent,
  path: string,
  found: readonly KeyValue[],
  value: Scalar,
): Promise<Outcome | null> => {
  const sent = await agent.put<boolean>(`/v1/kv/${path}?cas=${found[0]?.ModifyIndex ?? 0}`, value)
  if (sent.type !== 'ok') return sent
  return sent.body === true ? null : CHANGED
}

export const actOnRegister: Act = async (agent, raw, mode) => {
  const call = asCall(REGISTER, raw)
  const path = pathOf('register', call.value.key)
  if (call.f === 'read') {
    const sent = await agent.get(path, mode, NONE)
    return sent.type === 'ok'
      ? { type: 'ok', value: { key: call.value.key, value: valueIn(sent.body) } }
      : sent
  }
  if (call.f === 'write') {
    const sent = await agent.put(`/v1/kv/${path}`, call.value.value)
    return sent.type === 'ok' ? { type: 'ok', value: call.value } : sent
  }
  const { expected, next } = call.value
  const sent = await agent.get(path, 'consistent', NONE)
  if (sent.type !== 'ok') return unwritten(sent)
  if (valueIn(sent.body) !== expected) return { type: 'ok', value: { ...call.value, applied: false } }
  return (
    (await replace(agent, path, sent.body, next)) ?? { type: 'ok', value: { ...call.value, applied: true } }
  )
}

export const actOnSet: Act = async (agent, raw, mode) => {
  const call = asCall(SET, raw)
  if (call.f === 'add') {
    const sent = await agent.put(`/v1/kv/${pathOf('element', call.value.element)}`, 1)
    return sent.type === 'ok' ? { type: 'ok', value: call.value } : sent
  }
  const sent = await agent.get<readonly string[]>('element/?keys', mode, [])
  if (sent.type !== 'ok') return sent
  const elements = sent.body.map((key) => parseJson(key.slice('element/'.length)))
  return { type: 'ok', value: { elements } }
}

export const actOnCounter: Act = async (agent, raw, mode) => {
  const call = asCall(COUNTER, raw)
  const path = pathOf('counter', call.value.key)
  if (call.f === 'read') {
    const sent = await agent.get(path, mode, NONE)
    return sent.type === 'ok'
      ? { type: 'ok', value: { key: call.value.key, value: valueIn(sent.body) ?? 0 } }
      : sent
  }
  const sent = await agent.get(path, 'consistent', NONE)
  if (sent.type !== 'ok') return unwritten(sent)
  const sum = Number(valueIn(sent.body) ?? 0) + call.value.delta
  return (await replace(agent, path, sent.body, sum)) ?? { type: 'ok', value: call.value }
}

/** How long a blocking query waits for a change. */
const WATCH_MS = 250

/** The number of a change is its Raft index, which has gaps. A blocking query shows the newest change of each key, and no deletion. */
export const actOnWatch: Act = async (agent, raw, mode) => {
  const call = asCall(WATCH, raw)
  if (call.f === 'put') {
    const { key, value } = call.value
    if (value === null)
      return { type: 'fail', error: 'nothing was sent: a blocking query shows no deletions' }
    const sent: Sent<KeyValue | null> = await agent.change({
      Verb: 'set',
      Key: `watched/${key}`,
      Value: toBase64(String(value)),
    })
    if (sent.type !== 'ok') return sent
    return sent.body === null
      ? { type: 'fail', error: 'nothing was written: the transaction was refused' }
      : { type: 'ok', value: { key, value, revision: sent.body.ModifyIndex } }
  }
  const { after } = call.value
  const query = `watched/?recurse&index=${after}&wait=${WATCH_MS}ms`
  const sent = await agent.get(query, mode, NONE)
  if (sent.type !== 'ok') return sent
  const events = sent.body
    .filter(({ ModifyIndex }) => ModifyIndex > after)
    .map((each) => ({
      key: Number(each.Key.slice('watched/'.length)),
      value: Number(textOf(each)),
      revision: each.ModifyIndex,
    }))
    .toSorted((one, other) => one.revision - other.revision)
  return { type: 'ok', value: { events, upTo: events.at(-1)?.revision ?? after } }
}
