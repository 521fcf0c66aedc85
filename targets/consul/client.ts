/** Clients of Consul, one for each vocabulary that it can serve. Each asks the agent of its own node and never repeats a request. */
import type { Client, ClientContext, Connection } from '../../harness/api/client.ts'
import type { Call, Outcome } from '../../harness/api/history.ts'
import { COUNTER } from '../../harness/vocabularies/counter.ts'
import { LOCK } from '../../harness/vocabularies/locks.ts'
import { REGISTER } from '../../harness/vocabularies/register.ts'
import { SET } from '../../harness/vocabularies/set.ts'
import { WATCH } from '../../harness/vocabularies/watch.ts'
import { JsonHttp } from '../http.ts'
import { Agent } from './agent.ts'
import { actOnLocks } from './locks.ts'
import { type Act, actOnCounter, actOnRegister, actOnSet, actOnWatch } from './objects.ts'
import type { ConsulOptions } from './options.ts'

class ConsulConnection implements Connection {
  readonly #act: Act
  readonly #http: JsonHttp
  readonly #context: ClientContext<ConsulOptions>

  constructor(act: Act, context: ClientContext<ConsulOptions>) {
    this.#act = act
    this.#http = new JsonHttp(context.localAddress)
    this.#context = context
  }

  invoke(call: Call, signal: AbortSignal): Promise<Outcome> {
    const { node, options } = this.#context
    return this.#act(new Agent(this.#http, node.address, signal), call, options.mode)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#http[Symbol.asyncDispose]()
  }
}

/** @param actor makes what acts for one connection */
const clientOf = (actor: () => Act): Client<Call, ConsulOptions> => ({
  open: async (context) => new ConsulConnection(actor(), context),
})

export const consulClients: Readonly<Record<string, Client<Call, ConsulOptions>>> = {
  [REGISTER.name]: clientOf(() => actOnRegister),
  [SET.name]: clientOf(() => actOnSet),
  [COUNTER.name]: clientOf(() => actOnCounter),
  [LOCK.name]: clientOf(actOnLocks),
  [WATCH.name]: clientOf(() => actOnWatch),
}
