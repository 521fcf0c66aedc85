/**
 * Clients of one Redis server. Each call is one command, which is never retried, and never queued while there is no
 * connection. A compare-and-set is a script, which Redis runs as one step.
 */
import type { Client, Connection } from '../../harness/api/client.ts'
import type { Call, Outcome } from '../../harness/api/history.ts'
import { messageOf } from '../../harness/support/assert.ts'
import { ACCESS } from '../../harness/vocabularies/access.ts'
import { APPEND_LOG } from '../../harness/vocabularies/append-log.ts'
import { BANK } from '../../harness/vocabularies/bank.ts'
import { BOOKING } from '../../harness/vocabularies/booking.ts'
import { COUNTER } from '../../harness/vocabularies/counter.ts'
import { LEASE } from '../../harness/vocabularies/lease.ts'
import { LOCK, SEMAPHORE } from '../../harness/vocabularies/locks.ts'
import { MULTI_REGISTER } from '../../harness/vocabularies/multi-register.ts'
import { PROTECTED_LEASE, PROTECTED_LOCK } from '../../harness/vocabularies/protected.ts'
import { QUEUE } from '../../harness/vocabularies/queue.ts'
import { REGISTER } from '../../harness/vocabularies/register.ts'
import { SET } from '../../harness/vocabularies/set.ts'
import { LIST_APPEND, RW_REGISTER } from '../../harness/vocabularies/transactions.ts'
import { UNIQUE_IDS } from '../../harness/vocabularies/unique-ids.ts'
import type { Scalar } from '../../harness/vocabularies/values.ts'
import { asCall } from '../../harness/vocabularies/vocabulary.ts'
import { protectedBy } from '../sink/client.ts'
import { connect, type RedisClient } from './connect.ts'
import {
  type Send,
  sendAccess,
  sendBank,
  sendBooking,
  sendCounter,
  sendIds,
  sendLease,
  sendLock,
  sendLog,
  sendQueue,
  sendSemaphore,
  sendTransaction,
} from './objects.ts'

/** In a script, Redis returns false for a key without a value. */
const CAS = `
local now = redis.call('GET', KEYS[1])
if (now or 'null') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1`

const keyOf = (key: Scalar): string => `register/${key}`

const sendRegister = async (send: Send, raw: Call): Promise<unknown> => {
  const call = asCall(REGISTER, raw)
  const key = keyOf(call.value.key)
  if (call.f === 'read') {
    const value = (await send(['GET', key])) as string | null
    return { key: call.value.key, value: value === null ? null : Number(value) }
  }
  if (call.f === 'write') {
    await send(['SET', key, String(call.value.value)])
    return call.value
  }
  const { expected, next } = call.value
  const applied = await send(['EVAL', CAS, '1', key, String(expected), String(next)])
  return { ...call.value, applied: applied === 1 }
}

const ELEMENTS = 'elements'

const sendSet = async (send: Send, raw: Call): Promise<unknown> => {
  const call = asCall(SET, raw)
  if (call.f === 'add') {
    await send(['SADD', ELEMENTS, String(call.value.element)])
    return call.value
  }
  return { elements: ((await send(['SMEMBERS', ELEMENTS])) as string[]).map(Number) }
}

/**
 * Errors with which Redis refuses a command before it does anything (documentation, "Error replies"): it is loading, it
 * is out of memory, its disk fails, or a script is taking too long.
 */
const REFUSED = /^(LOADING|OOM|MISCONF|BUSY|READONLY|MASTERDOWN|NOREPLICAS) /

class RedisConnection implements Connection {
  readonly #client: RedisClient
  readonly #act: (send: Send, call: Call) => Promise<unknown>

  constructor(client: RedisClient, act: (send: Send, call: Call) => Promise<unknown>) {
    this.#client = client
    this.#act = act
  }

  async invoke(call: Call, signal: AbortSignal): Promise<Outcome> {
    const send: Send = (args) => this.#client.sendCommand([...args])
    const given = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(new Error('no answer in time')), { once: true })
    })
    const answer = this.#act(send, call)
    answer.catch(() => {})
    try {
      return { type: 'ok', value: await Promise.race([answer, given]) }
    } catch (error) {
      const message = messageOf(error)
      return { type: REFUSED.test(message) ? 'fail' : 'info', error: message }
    }
  }

  canSend(): boolean {
    return this.#client.isReady
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#client.isOpen) this.#client.destroy()
  }
}

const clientOf = (act: (send: Send, call: Call) => Promise<unknown>): Client => ({
  open: async ({ node, localAddress, signal }) =>
    new RedisConnection(await connect(node.address, localAddress, signal), act),
})

export const redisClients: Readonly<Record<string, Client>> = {
  [REGISTER.name]: clientOf(sendRegister),
  [SET.name]: clientOf(sendSet),
  [LIST_APPEND.name]: clientOf(sendTransaction('list/')),
  [RW_REGISTER.name]: clientOf(sendTransaction('rw/')),
  [MULTI_REGISTER.name]: clientOf(sendTransaction('group/')),
  [COUNTER.name]: clientOf(sendCounter),
  [QUEUE.name]: clientOf(sendQueue),
  [UNIQUE_IDS.name]: clientOf(sendIds),
  [APPEND_LOG.name]: clientOf(sendLog),
  [LOCK.name]: clientOf(sendLock),
  [LEASE.name]: clientOf(sendLease),
  [SEMAPHORE.name]: clientOf(sendSemaphore),
  [PROTECTED_LOCK.name]: protectedBy(clientOf(sendLock)),
  [PROTECTED_LEASE.name]: protectedBy(clientOf(sendLease)),
  [BANK.name]: clientOf(sendBank),
  [BOOKING.name]: clientOf(sendBooking),
  [ACCESS.name]: clientOf(sendAccess),
}
