/** Clients: how one process of the history talks to the cluster. */
import type { Call, ClientProcess, Outcome } from './history.ts'
import type { Options } from './options.ts'

export interface Endpoint {
  readonly node: string
  readonly address: string
}

export interface ClientContext<O extends Options = Options> {
  readonly process: ClientProcess
  /** The node this client is bound to. */
  readonly node: Endpoint
  /** All nodes, for protocols that redirect. */
  readonly endpoints: readonly Endpoint[]
  /** The source address of this client's group. Undefined: any address. */
  readonly localAddress: string | undefined
  /** Services beside the cluster: name -> address. */
  readonly services: Readonly<Record<string, string>>
  readonly options: O
  /** Ends the attempt to open the connection. */
  readonly signal: AbortSignal
}

/** Opens connections. If that fails, the waiting operation becomes a `fail`, because it was never sent. */
export interface Client<C extends Call = Call, O extends Options = Options> {
  open(context: ClientContext<O>): Promise<Connection<C>>
}

/** Sends one call at a time. Never retries without reporting it: retries are counted in `meta.attempts`. */
export interface Connection<C extends Call = Call> extends AsyncDisposable {
  /** Never throws because of the cluster: the target's error table turns each error into an outcome. */
  invoke(call: C, signal: AbortSignal): Promise<Outcome>
  /**
   * Whether it can still send this call. If it cannot, it is replaced before the call: a connection that only fails would
   * ask nothing for the rest of the run. Absent: it always can, because it connects by itself.
   */
  canSend?(call: C): boolean
}
