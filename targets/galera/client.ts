/** Clients of MariaDB, one for each vocabulary that it can serve. Each asks the node that it is bound to, and never another one. */
import type { Client, ClientContext, Connection } from '../../harness/api/client.ts'
import type { Call, Outcome } from '../../harness/api/history.ts'
import { BANK } from '../../harness/vocabularies/bank.ts'
import { COUNTER } from '../../harness/vocabularies/counter.ts'
import { REGISTER } from '../../harness/vocabularies/register.ts'
import { SET } from '../../harness/vocabularies/set.ts'
import { LIST_APPEND, RW_REGISTER } from '../../harness/vocabularies/transactions.ts'
import { connectTo, type Session } from './connect.ts'
import { outcomeOf } from './errors.ts'
import { type Act, actOnBank, actOnCounter, actOnRegister, actOnSet } from './objects.ts'
import type { GaleraOptions } from './options.ts'
import { Runner } from './runner.ts'
import { DATABASE } from './schema.ts'
import { actOnTransactions, CELLS, LISTS } from './transactions.ts'

class GaleraConnection implements Connection {
  readonly #act: Act
  readonly #session: Session

  constructor(act: Act, session: Session) {
    this.#act = act
    this.#session = session
  }

  async invoke(call: Call, signal: AbortSignal): Promise<Outcome> {
    const run = new Runner(this.#session, signal)
    try {
      return { type: 'ok', value: await this.#act(run, call), meta: { servedBy: this.#session.node } }
    } catch (error) {
      return outcomeOf(error, run.mayHaveCommitted)
    }
  }

  canSend(): boolean {
    return this.#session.isOpen
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#session.close()
  }
}

/** What it asks for at first. Outside the primary component, choosing the database is refused: then nothing was sent. */
const prepare = async (
  session: Session,
  { options, signal }: ClientContext<GaleraOptions>,
): Promise<void> => {
  await session.ask(`SET SESSION wsrep_sync_wait = ${options['sync-wait']}`, [], signal)
  await session.ask(`USE ${DATABASE}`, [], signal)
}

const clientOf = (act: Act): Client<Call, GaleraOptions> => ({
  open: async (context) => {
    const session = await connectTo(context.node, context.localAddress, context.signal)
    try {
      await prepare(session, context)
    } catch (error) {
      session.close()
      throw error
    }
    return new GaleraConnection(act, session)
  },
})

export const galeraClients: Readonly<Record<string, Client<Call, GaleraOptions>>> = {
  [REGISTER.name]: clientOf(actOnRegister),
  [SET.name]: clientOf(actOnSet),
  [COUNTER.name]: clientOf(actOnCounter),
  [BANK.name]: clientOf(actOnBank),
  [LIST_APPEND.name]: clientOf(actOnTransactions(LISTS)),
  [RW_REGISTER.name]: clientOf(actOnTransactions(CELLS)),
}
