/** Registers and the set in Redis. A compare-and-set is a script, which Redis runs as one step. */
import type { Call } from '../../harness/api/history.ts'
import { parseJson, printJson } from '../../harness/support/json.ts'
import { REGISTER } from '../../harness/vocabularies/register.ts'
import { SET } from '../../harness/vocabularies/set.ts'
import type { Scalar } from '../../harness/vocabularies/values.ts'
import { asCall } from '../../harness/vocabularies/vocabulary.ts'
import { nameOf, readValue, type Send } from './objects.ts'

/** In a script, Redis returns false for a key without a value. */
const CAS = `
local now = redis.call('GET', KEYS[1])
if (now or 'null') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1`

const keyOf = (key: Scalar): string => nameOf('register', key)

export const sendRegister = async (send: Send, raw: Call): Promise<unknown> => {
  const call = asCall(REGISTER, raw)
  const key = keyOf(call.value.key)
  if (call.f === 'read') return { key: call.value.key, value: readValue(await send(['GET', key])) }
  if (call.f === 'write') {
    await send(['SET', key, printJson(call.value.value)])
    return call.value
  }
  const { expected, next } = call.value
  const applied = await send(['EVAL', CAS, '1', key, printJson(expected), printJson(next)])
  return { ...call.value, applied: applied === 1 }
}

const ELEMENTS = 'elements'

export const sendSet = async (send: Send, raw: Call): Promise<unknown> => {
  const call = asCall(SET, raw)
  if (call.f === 'add') {
    await send(['SADD', ELEMENTS, printJson(call.value.element)])
    return call.value
  }
  // With RESP 3 the client returns an array or a set.
  return { elements: [...((await send(['SMEMBERS', ELEMENTS])) as Iterable<string>)].map(parseJson) }
}
