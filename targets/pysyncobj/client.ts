/**
 * Clients of a small server of our own around a library. A call is one request to the client's own node, which is never retried:
 * `POST /call [f, args...]` is answered by `200 { value }`, or by `503 { error }` with the library's reason.
 */
import type { Client, ClientContext, Connection } from '../../harness/api/client.ts'
import type { Call, Outcome } from '../../harness/api/history.ts'
import type { Options } from '../../harness/api/options.ts'
import { JsonHttp } from '../http.ts'
import { ACTS, type Act, type Send } from './objects.ts'

interface Service {
  readonly port: number
  /** Whether the library's reason proves that nothing happened. */
  readonly isDefinite: (reason: string) => boolean
}

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
  (http: JsonHttp, origin: string, isDefinite: Service['isDefinite'], signal: AbortSignal): Send =>
  async (f, ...args) => {
    const result = await http.request(origin, 'POST', '/call', [f, ...args], signal)
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

class ServiceConnection implements Connection {
  readonly #act: Act
  readonly #service: Service
  readonly #http: JsonHttp
  readonly #origin: string
  readonly #node: string

  constructor(act: Act, service: Service, { node, localAddress }: ClientContext<Options>) {
    this.#act = act
    this.#service = service
    this.#http = new JsonHttp(localAddress)
    this.#origin = `http://${node.address}:${service.port}`
    this.#node = node.node
  }

  invoke(call: Call, signal: AbortSignal): Promise<Outcome> {
    const send = senderTo(this.#http, this.#origin, this.#service.isDefinite, signal)
    return perform(send, this.#act, call, this.#node)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#http[Symbol.asyncDispose]()
  }
}

/** A client for each vocabulary that such a server can serve. */
export const clientsOf = (service: Service): Readonly<Record<string, Client<Call>>> =>
  Object.fromEntries(
    ACTS.map(([vocabulary, act]) => [
      vocabulary.name,
      { open: async (context: ClientContext<Options>) => new ServiceConnection(act, service, context) },
    ]),
  )
