/** Objects in Redis. A call that needs more than one command is a script, which Redis runs as one step. */
import type { Call } from '../../harness/api/history.ts'
import { parseJson, printJson } from '../../harness/support/json.ts'
import { ACCESS } from '../../harness/vocabularies/access.ts'
import { APPEND_LOG } from '../../harness/vocabularies/append-log.ts'
import { ACCOUNTS, BANK, INITIAL_BALANCE } from '../../harness/vocabularies/bank.ts'
import { BOOKING } from '../../harness/vocabularies/booking.ts'
import { COUNTER } from '../../harness/vocabularies/counter.ts'
import { LEASE, LEASE_MS } from '../../harness/vocabularies/lease.ts'
import { LOCK, PERMITS, SEMAPHORE } from '../../harness/vocabularies/locks.ts'
import { QUEUE } from '../../harness/vocabularies/queue.ts'
import type { TransactionCall } from '../../harness/vocabularies/transactions.ts'
import type { Scalar } from '../../harness/vocabularies/values.ts'
import { asCall } from '../../harness/vocabularies/vocabulary.ts'

/** Sends one command. */
export type Send = (args: readonly string[]) => Promise<unknown>

/** The name of an object in Redis. Scalars are kept as JSON, so that `4` and the text `"4"` stay apart. */
export const nameOf = (kind: string, key: Scalar): string => `${kind}/${printJson(key)}`

/** A value, or the values of a list; null if there is none. */
export const readValue = (answer: unknown): unknown => {
  if (Array.isArray(answer)) return answer.map((each) => parseJson(String(each)))
  return answer === null || answer === undefined ? null : parseJson(String(answer))
}

const run = (
  send: Send,
  script: string,
  keys: readonly string[],
  ...args: readonly string[]
): Promise<unknown> => send(['EVAL', script, String(keys.length), ...keys, ...args])

type Op = readonly [f: string, key: Scalar, value: unknown]

/**
 * Runs micro-operations one after another. A read of a list returns its elements, a read of a register its value. Keys and
 * values are texts, because Lua prints numbers with 14 digits.
 */
const TRANSACTION = `
local out = {}
for i, op in ipairs(cjson.decode(ARGV[1])) do
  local key = ARGV[2] .. op[2]
  if op[1] == 'append' then redis.call('RPUSH', key, op[3]) out[i] = ''
  elseif op[1] == 'w' then redis.call('SET', key, op[3]) out[i] = ''
  elseif ARGV[2] == 'list/' then out[i] = redis.call('LRANGE', key, 0, -1)
  else out[i] = redis.call('GET', key) end
end
return out`

/** @param prefix of the keys: `list/` or another */
export const sendTransaction =
  (prefix: string) =>
  async (send: Send, call: Call): Promise<unknown> => {
    const ops = (call as TransactionCall).value as readonly Op[]
    const texts = ops.map(([f, key, value]) => [f, printJson(key), printJson(value)])
    const answers = (await run(send, TRANSACTION, [], JSON.stringify(texts), prefix)) as readonly unknown[]
    return ops.map(([f, key, value], at) => [f, key, f === 'r' ? readValue(answers[at]) : value])
  }

export const sendCounter = async (send: Send, raw: Call): Promise<unknown> => {
  const call = asCall(COUNTER, raw)
  const key = nameOf('counter', call.value.key)
  if (call.f === 'add') {
    await send(['INCRBY', key, String(call.value.delta)])
    return call.value
  }
  return { key: call.value.key, value: Number((await send(['GET', key])) ?? 0) }
}

export const sendQueue = async (send: Send, raw: Call): Promise<unknown> => {
  const call = asCall(QUEUE, raw)
  const key = nameOf('queue', call.value.key)
  if (call.f === 'enqueue') {
    await send(['RPUSH', key, printJson(call.value.value)])
    return call.value
  }
  return { key: call.value.key, value: readValue(await send(['LPOP', key])) }
}

export const sendLog = async (send: Send, raw: Call): Promise<unknown> => {
  const call = asCall(APPEND_LOG, raw)
  const key = nameOf('log', call.value.key)
  if (call.f === 'read')
    return { key: call.value.key, values: readValue(await send(['LRANGE', key, '0', '-1'])) }
  const length = Number(await send(['RPUSH', key, printJson(call.value.value)]))
  return { ...call.value, offset: length - 1 }
}

export const sendIds = async (send: Send): Promise<unknown> => ({ id: Number(await send(['INCR', 'ids'])) })

const ACQUIRE = `
if redis.call('SETNX', KEYS[1], ARGV[1]) == 0 then return 0 end
return redis.call('INCR', KEYS[2])`

const RELEASE = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])`

export const sendLock = async (send: Send, raw: Call): Promise<unknown> => {
  const { f, value } = asCall(LOCK, raw)
  const key = `lock/${value.key}`
  if (f === 'release') return { done: Number(await run(send, RELEASE, [key], String(value.owner))) === 1 }
  const token = Number(await run(send, ACQUIRE, [key, `token/${value.key}`], String(value.owner)))
  return token === 0 ? { done: false } : { done: true, token }
}

const ACQUIRE_FOR = `
if not redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return 0 end
return redis.call('INCR', KEYS[2])`

/** A key that expires by Redis's wall clock. */
export const sendLease = async (send: Send, raw: Call): Promise<unknown> => {
  const { f, value } = asCall(LEASE, raw)
  const keys = [`lease/${value.key}`, `token/lease/${value.key}`]
  const owner = String(value.owner)
  if (f === 'release') return { done: Number(await run(send, RELEASE, keys, owner)) === 1 }
  const token = Number(await run(send, ACQUIRE_FOR, keys, owner, String(LEASE_MS)))
  return token === 0 ? { done: false } : { done: true, token }
}

const TAKE_PERMIT = `
if redis.call('SCARD', KEYS[1]) >= tonumber(ARGV[2]) then return 0 end
return redis.call('SADD', KEYS[1], ARGV[1])`

export const sendSemaphore = async (send: Send, raw: Call): Promise<unknown> => {
  const { f, value } = asCall(SEMAPHORE, raw)
  const key = `semaphore/${value.key}`
  const owner = String(value.owner)
  const answer =
    f === 'acquire'
      ? await run(send, TAKE_PERMIT, [key], owner, String(PERMITS))
      : await send(['SREM', key, owner])
  return { done: Number(answer) === 1 }
}

const TRANSFER = `
local from = tonumber(redis.call('HGET', KEYS[1], ARGV[1]) or ARGV[4])
local to = tonumber(redis.call('HGET', KEYS[1], ARGV[2]) or ARGV[4])
local amount = tonumber(ARGV[3])
if from < amount then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], from - amount, ARGV[2], to + amount)
return 1`

export const sendBank = async (send: Send, raw: Call): Promise<unknown> => {
  const call = asCall(BANK, raw)
  if (call.f === 'transfer') {
    const { from, to, amount } = call.value
    const args = [from, to, amount, INITIAL_BALANCE].map(String)
    return { ...call.value, applied: Number(await run(send, TRANSFER, ['bank'], ...args)) === 1 }
  }
  const accounts = Array.from({ length: ACCOUNTS }, (_, account) => String(account))
  const balances = (await send(['HMGET', 'bank', ...accounts])) as readonly (string | null)[]
  return { balances: balances.map((balance) => (balance === null ? INITIAL_BALANCE : Number(balance))) }
}

const BOOK = `
redis.call('SETNX', KEYS[1], ARGV[1])
return redis.call('GET', KEYS[1])`

export const sendBooking = async (send: Send, raw: Call): Promise<unknown> => {
  const call = asCall(BOOKING, raw)
  const key = `seat/${call.value.seat}`
  if (call.f === 'read') return { seat: call.value.seat, customer: readValue(await send(['GET', key])) }
  const holder = Number(await run(send, BOOK, [key], String(call.value.customer)))
  return { ...call.value, confirmed: holder === call.value.customer }
}

export const sendAccess = async (send: Send, raw: Call): Promise<unknown> => {
  const { f, value } = asCall(ACCESS, raw)
  const key = `access/${value.subject}`
  if (f === 'check') return { subject: value.subject, allowed: (await send(['GET', key])) === 'granted' }
  await send(['SET', key, f === 'grant' ? 'granted' : 'revoked'])
  return value
}
