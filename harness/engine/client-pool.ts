/**
 * The clients of a run: one connection per thread, opened when it is first needed and discarded when its process
 * crashes or when it can no longer send. Clients are other people's code: whatever they do, the run goes on, and their
 * mistakes are counted as theirs.
 */
import type { Client, Connection, Endpoint } from '../api/client.ts'
import type { Cluster } from '../api/environment.ts'
import type { Thread } from '../api/generator.ts'
import type { Call, ClientProcess, Outcome } from '../api/history.ts'
import type { Options } from '../api/options.ts'
import type { Vocabulary } from '../api/vocabulary.ts'
import { misfitOf } from '../history/validate.ts'
import { messageOf } from '../support/assert.ts'
import { sleep } from '../support/wait.ts'
import type { ClientLog } from './client-log.ts'
import type { ErrorTally } from './error-tally.ts'

const FIRST_BACK_OFF_MS = 50
const MAX_BACK_OFF_MS = 1000
/** How long a connection may take to close. */
const CLOSE_TIMEOUT_MS = 2000

export interface ClientPoolOptions {
  readonly client: Client
  /** What a client may answer. */
  readonly vocabulary: Vocabulary
  readonly cluster: Cluster
  readonly concurrency: number
  readonly options: Options
  readonly log: ClientLog
  readonly errors: ErrorTally
  readonly processOf: (thread: Thread) => ClientProcess | 'nemesis'
}

/** The node that a thread's clients are bound to. */
export const nodeIndexOf = (thread: Thread, nodes: number): number => thread % nodes
/**
 * The client group of a thread. Adjacent threads are in different groups, and so are consecutive threads of one node.
 */
const groupOf = (thread: Thread, nodes: number, groups: number): number =>
  (Math.floor(thread / nodes) + (thread % nodes)) % groups

export class ClientPool implements AsyncDisposable {
  readonly #options: ClientPoolOptions
  readonly #endpoints: readonly Endpoint[]
  readonly #connections = new Map<Thread, Connection>()
  /** Threads that were connected before. */
  readonly #known = new Set<Thread>()
  readonly #backOffMs = new Map<Thread, number>()
  readonly #closing = new Set<Promise<void>>()

  constructor(options: ClientPoolOptions) {
    this.#options = options
    this.#endpoints = options.cluster.nodes.map((node) => ({ node: node.name, address: node.address }))
  }

  /** Rejects with what the client throws. */
  async invoke(thread: Thread, call: Call, signal: AbortSignal): Promise<Outcome> {
    const { node } = this.#endpointOf(thread)
    return this.#options.errors.attribute('client', node, () => this.#invoke(thread, node, call, signal))
  }

  async #invoke(thread: Thread, node: string, call: Call, signal: AbortSignal): Promise<Outcome> {
    let connection = this.#connections.get(thread)
    if (connection?.canSend?.(call) === false) {
      this.discard(thread)
      connection = undefined
    }
    if (connection === undefined) {
      try {
        connection = await this.#open(thread, signal)
      } catch (error) {
        this.#options.log.refused(node, messageOf(error))
        await this.#backOff(thread, signal)
        return { type: 'fail', error: `not connected: ${messageOf(error)}` }
      }
      this.#backOffMs.delete(thread)
      this.#connections.set(thread, connection)
      this.#options.log.opened(node, this.#known.has(thread))
      this.#known.add(thread)
    }
    const outcome = this.#fitting(call, await connection.invoke(call, signal))
    this.#options.log.completed(node, outcome)
    return outcome
  }

  /** What does not fit its call tells nothing of it, so the call is in doubt. */
  #fitting(call: Call, outcome: Outcome): Outcome {
    const misfit = misfitOf(this.#options.vocabulary, call, outcome)
    if (misfit === null) return outcome
    return { type: 'info', error: `the answer does not fit the call: ${misfit}`, meta: { misfit: true } }
  }

  #endpointOf(thread: Thread): Endpoint {
    return this.#endpoints[nodeIndexOf(thread, this.#endpoints.length)] as Endpoint
  }

  async #open(thread: Thread, signal: AbortSignal): Promise<Connection> {
    const { client, cluster, options, processOf } = this.#options
    const nodes = this.#endpoints.length
    const connection = await client.open({
      process: processOf(thread) as ClientProcess,
      node: this.#endpointOf(thread),
      endpoints: this.#endpoints,
      localAddress: cluster.clientAddresses[groupOf(thread, nodes, cluster.clientAddresses.length)],
      services: Object.fromEntries(cluster.services.map(({ name, address }) => [name, address])),
      options,
      signal,
    })
    if (typeof connection?.invoke !== 'function') throw new Error('open returned no connection')
    // Nobody waits any more, and the thread may have another connection by now.
    if (signal.aborted) {
      this.#close(thread, connection)
      throw new Error('it was opened too late')
    }
    return connection
  }

  async #backOff(thread: Thread, signal: AbortSignal): Promise<void> {
    const ms = this.#backOffMs.get(thread) ?? FIRST_BACK_OFF_MS
    this.#backOffMs.set(thread, Math.min(MAX_BACK_OFF_MS, ms * 2))
    await sleep(ms, signal).catch(() => {})
  }

  /** The connection of the thread is closed, and anything that still arrives on it is ignored. */
  discard(thread: Thread): void {
    const connection = this.#connections.get(thread)
    this.#connections.delete(thread)
    if (connection !== undefined) this.#close(thread, connection)
  }

  #close(thread: Thread, connection: Connection): void {
    const { node } = this.#endpointOf(thread)
    const { errors } = this.#options
    const close = async (): Promise<void> => connection[Symbol.asyncDispose]()
    const timer = new AbortController()
    const late = sleep(CLOSE_TIMEOUT_MS, timer.signal).then(
      () => errors.count('client', node, `a connection did not close within ${CLOSE_TIMEOUT_MS / 1000} s`),
      () => {},
    )
    const closed = errors
      .watch('client', node, close)
      .catch(() => {})
      .finally(() => timer.abort())
    const closing = Promise.race([closed, late])
    this.#closing.add(closing)
    void closing.then(() => this.#closing.delete(closing))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const thread of [...this.#connections.keys()]) this.discard(thread)
    await Promise.all(this.#closing)
  }
}
