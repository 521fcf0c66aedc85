/** Clients of etcd, one for each vocabulary that etcd can serve. Each asks its own node and never retries. */
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
import { WATCH } from '../../harness/vocabularies/watch.ts'
import { JsonHttp } from '../http.ts'
import { protectedBy } from '../sink/client.ts'
import { compacting } from './compaction.ts'
import { type Member, type Send, type Stream, senderTo, streamFrom } from './gateway.ts'
import { actOnLease } from './lease.ts'
import {
  actOnAccess,
  actOnBank,
  actOnBooking,
  actOnCounter,
  actOnIds,
  actOnLock,
  actOnLog,
  actOnQueue,
  actOnSemaphore,
} from './objects.ts'
import type { EtcdOptions } from './options.ts'
import { pinning } from './pinned.ts'
import { CLIENT_PORT } from './ports.ts'
import { actOnRegister } from './register.ts'
import { actOnSet } from './set.ts'
import { actOnTransactions } from './transactions.ts'
import { actOnWatch } from './watch.ts'

/** @param serializable reads are answered by the member that is asked, and may be stale */
type Act = (send: Send, call: Call, serializable: boolean, stream: Stream) => Promise<Outcome>

class EtcdConnection implements Connection {
  readonly #act: Act
  readonly #http: JsonHttp
  readonly #member: Member
  readonly #serializable: boolean
  /** What this client does beside each request. */
  readonly #habits: readonly ((send: Send) => Send)[]

  constructor(act: Act, context: ClientContext<EtcdOptions>) {
    this.#act = act
    this.#http = new JsonHttp(context.localAddress)
    const { node, address } = context.node
    this.#member = { node, origin: `http://${address}:${CLIENT_PORT}` }
    this.#serializable = context.options.reads === 'serializable'
    const { compaction, writes } = context.options
    this.#habits = [
      ...(compaction === 'often' ? [compacting] : []),
      ...(writes === 'pinned' ? [pinning()] : []),
    ]
  }

  invoke(call: Call, signal: AbortSignal): Promise<Outcome> {
    const stream = streamFrom(this.#http, this.#member.origin, signal)
    const send = senderTo(this.#http, this.#member, signal)
    const habitual = this.#habits.reduce((inner, habit) => habit(inner), send)
    return this.#act(habitual, call, this.#serializable, stream)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#http[Symbol.asyncDispose]()
  }
}

const clientOf = (act: Act): Client<Call, EtcdOptions> => ({
  open: async (context) => new EtcdConnection(act, context),
})

const watchClient: Client<Call, EtcdOptions> = {
  open: async (context) => new EtcdConnection(actOnWatch(context.options.progress === 'requested'), context),
}

export const etcdClients: Readonly<Record<string, Client<Call, EtcdOptions>>> = {
  [REGISTER.name]: clientOf(actOnRegister),
  [SET.name]: clientOf(actOnSet),
  [LIST_APPEND.name]: clientOf(actOnTransactions([])),
  [RW_REGISTER.name]: clientOf(actOnTransactions(null)),
  [MULTI_REGISTER.name]: clientOf(actOnTransactions(null)),
  [WATCH.name]: watchClient,
  [COUNTER.name]: clientOf(actOnCounter),
  [QUEUE.name]: clientOf(actOnQueue),
  [UNIQUE_IDS.name]: clientOf(actOnIds),
  [APPEND_LOG.name]: clientOf(actOnLog),
  [LOCK.name]: clientOf(actOnLock),
  [LEASE.name]: clientOf(actOnLease),
  [SEMAPHORE.name]: clientOf(actOnSemaphore),
  [PROTECTED_LOCK.name]: protectedBy(clientOf(actOnLock)),
  [PROTECTED_LEASE.name]: protectedBy(clientOf(actOnLease)),
  [BANK.name]: clientOf(actOnBank),
  [BOOKING.name]: clientOf(actOnBooking),
  [ACCESS.name]: clientOf(actOnAccess),
}
