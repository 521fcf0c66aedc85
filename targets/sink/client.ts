/** For clients that send requests to the sink themselves. */
import type { Client, ClientContext, Connection } from '../../harness/api/client.ts'
import type { Call, Outcome } from '../../harness/api/history.ts'
import type { Options } from '../../harness/api/options.ts'
import { SINK } from '../../harness/vocabularies/effects.ts'
import type { TouchCall } from '../../harness/vocabularies/protected.ts'
import { type HttpResult, JsonHttp } from '../http.ts'
import type { ActRequest, TouchRequest } from './main.ts'
import { SINK_PORT } from './port.ts'

/** Asks once, and never retries. */
export class SinkClient implements AsyncDisposable {
  readonly #http: JsonHttp
  readonly #origin: string

  constructor({ localAddress, services }: ClientContext) {
    this.#http = new JsonHttp(localAddress)
    this.#origin = `http://${services[SINK]}:${SINK_PORT}`
  }

  act(asked: ActRequest, signal: AbortSignal): Promise<Outcome> {
    return this.#ask('/act', asked, signal)
  }

  touch(asked: TouchRequest, signal: AbortSignal): Promise<Outcome> {
    return this.#ask('/touch', asked, signal)
  }

  async #ask(path: string, asked: ActRequest | TouchRequest, signal: AbortSignal): Promise<Outcome> {
    const result: HttpResult = await this.#http.request(this.#origin, 'POST', path, asked, signal)
    if (result.type === 'unsent') return { type: 'fail', error: `the sink: ${result.error}` }
    if (result.type === 'doubt') return { type: 'info', error: `the sink: ${result.error}` }
    return { type: 'ok', value: result.body, meta: { servedBy: SINK } }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#http[Symbol.asyncDispose]()
  }
}

const isTouch = (call: Call): call is TouchCall => call.f === 'enter' || call.f === 'leave'

class ProtectedConnection implements Connection {
  readonly #locks: Connection
  readonly #sink: SinkClient

  constructor(locks: Connection, sink: SinkClient) {
    this.#locks = locks
    this.#sink = sink
  }

  invoke(call: Call, signal: AbortSignal): Promise<Outcome> {
    if (!isTouch(call)) return this.#locks.invoke(call, signal)
    const { key, owner, token } = call.value
    return this.#sink.touch({ action: call.f, resource: key, owner, token }, signal)
  }

  canSend(call: Call): boolean {
    return isTouch(call) || (this.#locks.canSend?.(call) ?? true)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#locks[Symbol.asyncDispose](), this.#sink[Symbol.asyncDispose]()])
  }
}

/** @param locks a client of locks or leases that protect a resource in the sink */
export const protectedBy = <O extends Options>(locks: Client<Call, O>): Client<Call, O> => ({
  open: async (context) => new ProtectedConnection(await locks.open(context), new SinkClient(context)),
})
