/** Clients of our server on PySyncObj. A call is one request to the client's own node, which is never retried. */
import type { Client, ClientContext, Connection } from '../../harness/api/client.ts'
import type { Call, Outcome } from '../../harness/api/history.ts'
import { JsonHttp } from '../http.ts'
import { isDefinite } from './errors.ts'
import { ACTS, type Act, type Send } from './objects.ts'
import type { PysyncobjOptions } from './options.ts'
import { CLIENT_PORT } from './ports.ts'

/** The server's reason why a call failed, or that of the connection. */
export class Refused extends Error {
  readonly definite: boolean

  constructor(reason: string, definite: boolean) {
    super(reason)
    this.definite = definite
  }
}

/** @throws Refused if the answer is no value */
export const senderTo =
  (http: JsonHttp, origin: string, signal: AbortSignal): Send =>
  async (f, ...args) => {
    const result = await http.request(origin, 'POST', '/call', { f, args }, signal)
    if (result.type !== 'response') throw new Refused(result.error, result.type === 'unsent')
    const { value, error } = result.body as { readonly value?: unknown; readonly error?: unknown }
    if (result.status === 200 && value !== undefined) return value
    const reason = typeof error === 'string' ? error : `status ${result.status}`
    throw new Refused(reason, isDefinite(reason))
  }

/** Makes one call. Never throws because of the server. */
export const perform = async (send: Send, act: Act, call: Call, node: string): Promise<Outcome> => {
  try {
    return { type: 'ok', value: await act(send, call), meta: { servedBy: node } }
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    return { type: error.definite ? 'fail' : 'info', error: error.message }
  }
}

class PysyncobjConnection implements Connection {
  readonly #act: Act
  readonly #http: JsonHttp
  readonly #origin: string
  readonly #node: string

  constructor(act: Act, { node, localAddress }: ClientContext<PysyncobjOptions>) {
    this.#act = act
    this.#http = new JsonHttp(localAddress)
    this.#origin = `http://${node.address}:${CLIENT_PORT}`
    this.#node = node.node
  }

  invoke(call: Call, signal: AbortSignal): Promise<Outcome> {
    return perform(senderTo(this.#http, this.#origin, signal), this.#act, call, this.#node)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#http[Symbol.asyncDispose]()
  }
}

export const pysyncobjClients: Readonly<Record<string, Client<Call, PysyncobjOptions>>> = Object.fromEntries(
  ACTS.map(([vocabulary, act]) => [
    vocabulary.name,
    { open: async (context: ClientContext<PysyncobjOptions>) => new PysyncobjConnection(act, context) },
  ]),
)
