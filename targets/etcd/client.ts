/** Clients of etcd: to the client's own node, never retried, one for each vocabulary that etcd can honestly speak. */
import type { Call, Client, ClientContext, Connection, Outcome } from '../../harness/api.ts'
import { REGISTER } from '../../harness/vocabularies/register.ts'
import { SET } from '../../harness/vocabularies/set.ts'
import { LIST_APPEND, RW_REGISTER } from '../../harness/vocabularies/transactions.ts'
import { JsonHttp } from '../http.ts'
import { type Send, senderTo } from './gateway.ts'
import { CLIENT_PORT } from './ports.ts'
import { actOnRegister } from './register.ts'
import { actOnSet } from './set.ts'
import { actOnTransactions } from './transactions.ts'

/** @param serializable reads are answered by the member asked, and may be stale */
type Act = (send: Send, call: Call, serializable: boolean) => Promise<Outcome>

class EtcdConnection implements Connection {
  readonly #act: Act
  readonly #http: JsonHttp
  readonly #origin: string
  readonly #serializable: boolean

  constructor(act: Act, context: ClientContext) {
    this.#act = act
    this.#http = new JsonHttp(context.localAddress)
    this.#origin = `http://${context.node.address}:${CLIENT_PORT}`
    this.#serializable = context.options.reads === 'serializable'
  }

  invoke(call: Call, signal: AbortSignal): Promise<Outcome> {
    return this.#act(senderTo(this.#http, this.#origin, signal), call, this.#serializable)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#http[Symbol.asyncDispose]()
  }
}

const clientOf = (act: Act): Client => ({ open: async (context) => new EtcdConnection(act, context) })

export const etcdClients: Readonly<Record<string, Client>> = {
  [REGISTER]: clientOf(actOnRegister),
  [SET]: clientOf(actOnSet),
  [LIST_APPEND]: clientOf(actOnTransactions([])),
  [RW_REGISTER]: clientOf(actOnTransactions(null)),
}
