/** A set in etcd: one key for each element, with a common prefix. */
import type { Call, Outcome } from '../../harness/api/history.ts'
import { parseJson, printJson } from '../../harness/support/json.ts'
import { SET } from '../../harness/vocabularies/set.ts'
import { asCall } from '../../harness/vocabularies/vocabulary.ts'
import { fromBase64, type RangeResponse, type Send, toBase64 } from './gateway.ts'

const PREFIX = 'element/'
/** The first key after those with the prefix. */
const END = 'element0'

export const actOnSet = async (send: Send, raw: Call, serializable: boolean): Promise<Outcome> => {
  const call = asCall(SET, raw)
  if (call.f === 'add') {
    const sent = await send('/v3/kv/put', {
      key: toBase64(`${PREFIX}${printJson(call.value.element)}`),
      value: toBase64('1'),
    })
    return sent.type === 'ok' ? { type: 'ok', value: call.value, meta: sent.meta } : sent
  }
  const range = { key: toBase64(PREFIX), range_end: toBase64(END), keys_only: true, serializable }
  const sent = await send<RangeResponse>('/v3/kv/range', range)
  if (sent.type !== 'ok') return sent
  const elements = (sent.body.kvs ?? []).map(({ key }) =>
    parseJson(fromBase64(key ?? '').slice(PREFIX.length)),
  )
  return { type: 'ok', value: { elements }, meta: sent.meta }
}
