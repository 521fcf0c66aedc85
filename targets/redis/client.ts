/**
 * Clients of one Redis server. Each call is one command, which is never retried, and never queued while there is no
 * connection.
 */
import type { Client, Connection } from '../../harness/api/client.ts'
import type { Call, Outcome } from '../../harness/api/history.ts'
import type { Options } from '../../harness/api/options.ts'
import type { Vocabulary } from '../../harness/api/vocabulary.ts'
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
import { protectedBy } from '../sink/client.ts'
import { canSendOn, close, connect, type RedisClient } from './connect.ts'
import { isRefusal } from './errors.ts'
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
import { CLIENT_PORT } from './ports.ts'
import { sendRegister, sendSet } from './registers.ts'

/** Makes a call of one vocabulary by one command, and returns the ok value. */
export type Act = (send: Send, call: Call) => Promise<unknown>

/** Waits for the answer, or until the signal is aborted. */
export const withDeadline = <T>(answer: Promise<T>, signal: AbortSignal): Promise<T> =>
  new Promise((resolve, reject) => {
    const giveUp = (): void => reject(new Error('no answer in time'))
    const settled = (settle: () => void): void => {
      signal.removeEventListener('abort', giveUp)
      settle()
    }
    if (signal.aborted) giveUp()
    else signal.addEventListener('abort', giveUp)
    answer.then(
      (value) => settled(() => resolve(value)),
      (error: unknown) => settled(() => reject(error)),
    )
  })

/** Makes one call on a connection. Never throws because of the server. */
export const perform = async (
  client: RedisClient,
  act: Act,
  call: Call,
  signal: AbortSignal,
): Promise<Outcome> => {
  const send: Send = (args) => client.sendCommand([...args])
  try {
    return { type: 'ok', value: await withDeadline(act(send, call), signal) }
  } catch (error) {
    const message = messageOf(error)
    return { type: isRefusal(message) ? 'fail' : 'info', error: message }
  }
}

class RedisConnection implements Connection {
  readonly #client: RedisClient
  readonly #act: Act
  readonly #node: string

  constructor(client: RedisClient, act: Act, node: string) {
    this.#client = client
    this.#act = act
    this.#node = node
  }

  async invoke(call: Call, signal: AbortSignal): Promise<Outcome> {
    const outcome = await perform(this.#client, this.#act, call, signal)
    return outcome.type === 'ok' ? { ...outcome, meta: { servedBy: this.#node } } : outcome
  }

  canSend(): boolean {
    return canSendOn(this.#client)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    close(this.#client)
  }
}

const ACTS: readonly (readonly [Vocabulary, Act])[] = [
  [REGISTER, sendRegister],
  [SET, sendSet],
  [LIST_APPEND, sendTransaction('list/')],
  [RW_REGISTER, sendTransaction('rw/')],
  [MULTI_REGISTER, sendTransaction('group/')],
  [COUNTER, sendCounter],
  [QUEUE, sendQueue],
  [UNIQUE_IDS, sendIds],
  [APPEND_LOG, sendLog],
  [LOCK, sendLock],
  [LEASE, sendLease],
  [SEMAPHORE, sendSemaphore],
  [BANK, sendBank],
  [BOOKING, sendBooking],
  [ACCESS, sendAccess],
]

/** The vocabularies that Redis can serve, each with a client. */
export const clientsBy = <O extends Options>(
  clientOf: (act: Act, vocabulary: Vocabulary) => Client<Call, O>,
): Readonly<Record<string, Client<Call, O>>> => ({
  ...Object.fromEntries(ACTS.map(([vocabulary, act]) => [vocabulary.name, clientOf(act, vocabulary)])),
  [PROTECTED_LOCK.name]: protectedBy(clientOf(sendLock, LOCK)),
  [PROTECTED_LEASE.name]: protectedBy(clientOf(sendLease, LEASE)),
})

export const redisClients = clientsBy((act) => ({
  open: async ({ node, localAddress, signal }) => {
    const peer = { address: node.address, port: CLIENT_PORT, localAddress }
    return new RedisConnection(await connect(peer, signal), act, node.node)
  },
}))
