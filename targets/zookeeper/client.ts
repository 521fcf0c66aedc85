/** Clients of ZooKeeper, one for each vocabulary that it can serve. A process of the history is one session with its own server. */
import type { Client, ClientContext, Connection } from '../../harness/api/client.ts'
import type { Call, Outcome } from '../../harness/api/history.ts'
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
import {
  actOnAccess,
  actOnBank,
  actOnBooking,
  actOnCounter,
  actOnLog,
  actOnRegister,
  actOnSemaphore,
} from './objects.ts'
import type { ZooKeeperOptions } from './options.ts'
import { actOnIds, actOnLease, actOnLock, actOnQueue, actOnSet } from './recipes.ts'
import { KINDS } from './requests.ts'
import { RequestError, Session } from './session.ts'
import { Conflict, Store } from './store.ts'
import { actOnTransactions } from './transactions.ts'

/** Returns the answer to the call. Its last request is the only one that may change an object. */
type Act = (store: Store, call: Call, options: ZooKeeperOptions) => Promise<unknown>

/** What an error means for the call. Every request before the last one changes nothing. */
const outcomeOf = (error: unknown): Outcome => {
  if (error instanceof Conflict) return { type: 'fail', error: error.message }
  if (!(error instanceof RequestError)) throw error
  return { type: error.trouble === 'doubt' ? 'info' : 'fail', error: error.message }
}

class ZooKeeperConnection implements Connection {
  readonly #act: Act
  readonly #context: ClientContext<ZooKeeperOptions>
  readonly #session: Session

  constructor(act: Act, context: ClientContext<ZooKeeperOptions>) {
    this.#act = act
    this.#context = context
    this.#session = this.#another(context.options['session-timeout'])
  }

  #another(timeoutMs: number): Session {
    const { node, localAddress } = this.#context
    return new Session({ address: node.address, localAddress, timeoutMs })
  }

  connect(): Promise<void> {
    return this.#session.connect(this.#context.signal)
  }

  async invoke(call: Call, signal: AbortSignal): Promise<Outcome> {
    const { options, node } = this.#context
    const another = (timeoutMs: number): Session => this.#another(timeoutMs)
    const store = new Store({ session: this.#session, reads: options.reads, signal, another })
    try {
      const value = await this.#act(store, call, options)
      // A lease has a session of its own, whose transactions are not told.
      const zxid = store.zxid === 0n ? {} : { zxid: Number(store.zxid) }
      return { type: 'ok', value, meta: { servedBy: node.node, ...zxid } }
    } catch (error) {
      return outcomeOf(error)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session[Symbol.asyncDispose]()
  }
}

const clientOf = (act: Act): Client<Call, ZooKeeperOptions> => ({
  open: async (context) => {
    const connection = new ZooKeeperConnection(act, context)
    await connection.connect()
    return connection
  },
})

const lock = clientOf((store, call, { locks }) => actOnLock(KINDS[locks])(store, call))
const lease = clientOf(actOnLease)

export const zookeeperClients: Readonly<Record<string, Client<Call, ZooKeeperOptions>>> = {
  [REGISTER.name]: clientOf(actOnRegister),
  [SET.name]: clientOf(actOnSet),
  [LIST_APPEND.name]: clientOf(actOnTransactions([])),
  [RW_REGISTER.name]: clientOf(actOnTransactions(null)),
  [MULTI_REGISTER.name]: clientOf(actOnTransactions(null)),
  [COUNTER.name]: clientOf(actOnCounter),
  [QUEUE.name]: clientOf(actOnQueue),
  [UNIQUE_IDS.name]: clientOf(actOnIds),
  [APPEND_LOG.name]: clientOf(actOnLog),
  [LOCK.name]: lock,
  [LEASE.name]: lease,
  [SEMAPHORE.name]: clientOf(actOnSemaphore),
  [PROTECTED_LOCK.name]: protectedBy(lock),
  [PROTECTED_LEASE.name]: protectedBy(lease),
  [BANK.name]: clientOf(actOnBank),
  [BOOKING.name]: clientOf(actOnBooking),
  [ACCESS.name]: clientOf(actOnAccess),
}
