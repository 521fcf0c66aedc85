/**
 * The clients of a run: one connection per thread, opened when it is first needed and discarded when its process
 * crashes or when it can no longer send.
 */
import type { Client, Connection, Endpoint } from '../api/client.ts'
import type { Cluster } from '../api/environment.ts'
import type { Thread } from '../api/generator.ts'
import type { Call, ClientProcess, Outcome } from '../api/history.ts'
import type { Options } from '../api/options.ts'
import type { Vocabulary } from '../api/vocabulary.ts'
import { checkAnswer } from '../history/validate.ts'
import { messageOf } from '../support/assert.ts'
import { sleep } from '../support/wait.ts'
import type { ClientLog } from './client-log.ts'

const FIRST_BACK_OFF_MS = 50
const MAX_BACK_OFF_MS = 1000

export interface ClientPoolOptions {
  readonly client: Client
  /** What a client may answer. */
  readonly vocabulary: Vocabulary
  readonly cluster: Cluster
  readonly concurrency: number
  readonly options: Options
  readonly log: ClientLog
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

  /** @throws ClientMistakeError if the client answers what its vocabulary does not know */
  async invoke(thread: Thread, call: Call, signal: AbortSignal): Promise<Outcome> {
    let connection = this.#connections.get(thread)
    if (connection?.canSend?.(call) === false) {
      this.discard(thread)
      connection = undefined
    }
    if (connection === undefined) {
      try {
        connection = await this.#open(thread, signal)
      } catch (error) {
        this.#options.log.refused(this.#endpointOf(thread).node, messageOf(error))
        await this.#backOff(thread, signal)
        return { type: 'fail', error: `not connected: ${messageOf(error)}` }
      }
      this.#backOffMs.delete(thread)
      this.#connections.set(thread, connection)
      this.#options.log.opened(this.#endpointOf(thread).node, this.#known.has(thread))
      this.#known.add(thread)
    }
    const outcome = await connection.invoke(call, signal)
    if (outcome.type === 'ok')
      checkAnswer(
        this.#options.vocabulary,
        call,
        outcome.value,
        `The client of ${this.#endpointOf(thread).node}`,
      )
    this.#options.log.completed(this.#endpointOf(thread).node, outcome)
    return outcome
  }

  #endpointOf(thread: Thread): Endpoint {
    return this.#endpoints[nodeIndexOf(thread, this.#endpoints.length)] as Endpoint
  }

  async #open(thread: Thread, signal: AbortSignal): Promise<Connection> {
    const { client, cluster, options, processOf } = this.#options
    const nodes = this.#endpoints.length
    return client.open({
      process: processOf(thread) as ClientProcess,
      node: this.#endpointOf(thread),
      endpoints: this.#endpoints,
      localAddress: cluster.clientAddresses[groupOf(thread, nodes, cluster.clientAddresses.length)],
      services: Object.fromEntries(cluster.services.map(({ name, address }) => [name, address])),
      options,
      signal,
    })
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
    if (connection === undefined) return
    const closing = Promise.resolve(connection[Symbol.asyncDispose]()).catch(() => {})
    this.#closing.add(closing)
    void closing.then(() => this.#closing.delete(closing))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const thread of [...this.#connections.keys()]) this.discard(thread)
    await Promise.all(this.#closing)
  }
}
