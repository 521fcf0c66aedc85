/** Asks a node which node leads. */
import type { Client, ClientContext, Connection } from '../../harness/api/client.ts'
import type { Outcome } from '../../harness/api/history.ts'
import type { NodeStatus } from '../../harness/api/target.ts'
import { JsonHttp } from '../http.ts'
import { CLIENT_PORT } from './wire.ts'

class ElectionConnection implements Connection {
  readonly #http: JsonHttp
  readonly #origin: string

  constructor({ localAddress, node }: ClientContext) {
    this.#http = new JsonHttp(localAddress)
    this.#origin = `http://${node.address}:${CLIENT_PORT}`
  }

  async invoke(_call: unknown, signal: AbortSignal): Promise<Outcome> {
    const result = await this.#http.request(this.#origin, 'GET', '/status', undefined, signal)
    // A question changes nothing, so one without an answer is a fail.
    if (result.type !== 'response') return { type: 'fail', error: result.error }
    const { leader = null, term = 0 } = result.body as NodeStatus
    return { type: 'ok', value: { leader, term } }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#http[Symbol.asyncDispose]()
  }
}

export const electionClient: Client = { open: async (context) => new ElectionConnection(context) }
