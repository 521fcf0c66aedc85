/** Clients of PostgreSQL, one for each vocabulary that it can serve. */
import type { Client, ClientContext, Connection } from '../../harness/api/client.ts'
import type { Call, Outcome } from '../../harness/api/history.ts'
import { messageOf } from '../../harness/support/assert.ts'
import { ACCESS } from '../../harness/vocabularies/access.ts'
import { APPEND_LOG } from '../../harness/vocabularies/append-log.ts'
import { BANK } from '../../harness/vocabularies/bank.ts'
import { BOOKING } from '../../harness/vocabularies/booking.ts'
import { COUNTER } from '../../harness/vocabularies/counter.ts'
import { LOCK, SEMAPHORE } from '../../harness/vocabularies/locks.ts'
import { MULTI_REGISTER } from '../../harness/vocabularies/multi-register.ts'
import { PROTECTED_LOCK } from '../../harness/vocabularies/protected.ts'
import { QUEUE } from '../../harness/vocabularies/queue.ts'
import { REGISTER } from '../../harness/vocabularies/register.ts'
import { SET } from '../../harness/vocabularies/set.ts'
import { LIST_APPEND, RW_REGISTER } from '../../harness/vocabularies/transactions.ts'
import { UNIQUE_IDS } from '../../harness/vocabularies/unique-ids.ts'
import { protectedBy } from '../sink/client.ts'
import { connectTo, connectToPrimary, type Session } from './connect.ts'
import { NotSent, outcomeOf } from './errors.ts'
import {
  type Act,
  actOnAccess,
  actOnBank,
  actOnBooking,
  actOnCounter,
  actOnIds,
  actOnLock,
  actOnLog,
  actOnQueue,
  actOnRegister,
  actOnSemaphore,
  actOnSet,
} from './objects.ts'
import type { PostgresOptions } from './options.ts'
import { Runner, type Sessions, type Where } from './runner.ts'
import { actOnMultiRegister, actOnTransactions, CELLS, LISTS } from './transactions.ts'

class PostgresConnection implements Connection, Sessions {
  readonly #act: Act
  readonly #context: ClientContext<PostgresOptions>
  readonly #sessions = new Map<Where, Session>()

  constructor(act: Act, context: ClientContext<PostgresOptions>) {
    this.#act = act
    this.#context = context
  }

  async session(where: Where, signal: AbortSignal): Promise<Session> {
    const existing = this.#sessions.get(where)
    if (existing !== undefined) return existing
    const context = this.#context
    const session =
      where === 'primary'
        ? await connectToPrimary(context, signal)
        : await connectTo(context.node, context, signal).catch((error: unknown) => {
            throw new NotSent(`not connected: ${messageOf(error)}`)
          })
    this.#sessions.set(where, session)
    return session
  }

  async invoke(call: Call, signal: AbortSignal): Promise<Outcome> {
    const run = new Runner(this, this.#context.options, signal)
    try {
      const value = await this.#act(run, call)
      return { type: 'ok', value, ...(run.servedBy === null ? {} : { meta: { servedBy: run.servedBy } }) }
    } catch (error) {
      return outcomeOf(error, run.mayHaveCommitted)
    }
  }

  canSend(): boolean {
    return [...this.#sessions.values()].every(({ isOpen }) => isOpen)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const session of this.#sessions.values()) session.close()
  }
}

const clientOf = (act: Act): Client<Call, PostgresOptions> => ({
  open: async (context) => {
    const connection = new PostgresConnection(act, context)
    await connection.session(context.options.reads === 'standby' ? 'own' : 'primary', context.signal)
    return connection
  },
})

export const postgresClients: Readonly<Record<string, Client<Call, PostgresOptions>>> = {
  [REGISTER.name]: clientOf(actOnRegister),
  [SET.name]: clientOf(actOnSet),
  [LIST_APPEND.name]: clientOf(actOnTransactions(LISTS)),
  [RW_REGISTER.name]: clientOf(actOnTransactions(CELLS)),
  [MULTI_REGISTER.name]: clientOf(actOnMultiRegister),
  [COUNTER.name]: clientOf(actOnCounter),
  [QUEUE.name]: clientOf(actOnQueue),
  [UNIQUE_IDS.name]: clientOf(actOnIds),
  [APPEND_LOG.name]: clientOf(actOnLog),
  [LOCK.name]: clientOf(actOnLock),
  [SEMAPHORE.name]: clientOf(actOnSemaphore),
  [PROTECTED_LOCK.name]: protectedBy(clientOf(actOnLock)),
  [BANK.name]: clientOf(actOnBank),
  [BOOKING.name]: clientOf(actOnBooking),
  [ACCESS.name]: clientOf(actOnAccess),
}
