/** Registers in etcd. A compare-and-set is a transaction that also reads: a failed comparison is an observation. */
import type { Call, Outcome } from '../../harness/api/history.ts'
import { parseJson, printJson } from '../../harness/support/json.ts'
import { REGISTER, type RegisterCall, type RegisterValue } from '../../harness/vocabularies/register.ts'
import type { Scalar } from '../../harness/vocabularies/values.ts'
import { asCall } from '../../harness/vocabularies/vocabulary.ts'
import { fromBase64, type RangeResponse, type Send, type TxnResponse, toBase64 } from './gateway.ts'

const keyOf = (key: Scalar): string => toBase64(`register/${printJson(key)}`)
const valueToBase64 = (value: Scalar): string => toBase64(printJson(value))

const decodeValue = (response: RangeResponse): RegisterValue => {
  const value = response.kvs?.[0]?.value
  return value === undefined ? null : (parseJson(fromBase64(value)) as Scalar)
}

const casBody = (call: RegisterCall & { f: 'cas' }): unknown => {
  const { key, expected, next } = call.value
  const compare =
    expected === null
      ? { key: keyOf(key), target: 'CREATE', result: 'EQUAL', create_revision: '0' }
      : { key: keyOf(key), target: 'VALUE', result: 'EQUAL', value: valueToBase64(expected) }
  return {
    compare: [compare],
    success: [{ request_put: { key: keyOf(key), value: valueToBase64(next) } }],
    failure: [{ request_range: { key: keyOf(key) } }],
  }
}

export const actOnRegister = async (send: Send, raw: Call, serializable: boolean): Promise<Outcome> => {
  const call = asCall(REGISTER, raw)
  if (call.f === 'read') {
    const { key } = call.value
    const sent = await send<RangeResponse>('/v3/kv/range', { key: keyOf(key), serializable })
    return sent.type === 'ok'
      ? { type: 'ok', value: { key, value: decodeValue(sent.body) }, meta: sent.meta }
      : sent
  }
  if (call.f === 'write') {
    const { key, value } = call.value
    const sent = await send('/v3/kv/put', { key: keyOf(key), value: valueToBase64(value) })
    return sent.type === 'ok' ? { type: 'ok', value: call.value, meta: sent.meta } : sent
  }
  const sent = await send<TxnResponse>('/v3/kv/txn', casBody(call))
  if (sent.type !== 'ok') return sent
  return { type: 'ok', value: { ...call.value, applied: sent.body.succeeded === true }, meta: sent.meta }
}
