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
  /** The source address of this client's group; undefined: any. */
  readonly localAddress: string | undefined
  /** What stands beside the cluster: name -> address. */
  readonly services: Readonly<Record<string, string>>
  readonly options: O
  readonly signal: AbortSignal
}

/** Opens connections. Failing to open makes the waiting operation a `fail`: it was never sent. */
export interface Client<C extends Call = Call, O extends Options = Options> {
  open(context: ClientContext<O>): Promise<Connection<C>>
}

/** Sends one call at a time. Never retries in secret; declared retries are counted in `meta.attempts`. */
export interface Connection<C extends Call = Call> extends AsyncDisposable {
  /** Never throws for what the cluster does: the target's error table turns that into an outcome. */
  invoke(call: C, signal: AbortSignal): Promise<Outcome>
}
