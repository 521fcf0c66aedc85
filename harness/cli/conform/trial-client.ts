/** One connection of a client under test, with everything that it does in sight. */
import type { Client, Connection, Endpoint } from '../../api/client.ts'
import type { Call } from '../../api/history.ts'
import type { Options } from '../../api/options.ts'
import type { Vocabulary } from '../../api/vocabulary.ts'
import type { ErrorTally } from '../../engine/error-tally.ts'
import { misfitOf } from '../../history/validate.ts'
import { messageOf } from '../../support/assert.ts'
import { sleep, waitUntil } from '../../support/wait.ts'
import type { CallSeen, ConnectionSeen, Situation } from './observations.ts'
import { NodeProxies, type ProxiedNode } from './proxy.ts'
import type { Traffic } from './traffic.ts'

/** How long a call is waited for before its signal is aborted. */
const PATIENCE_MS = 1200
/** How long it may take to settle after that, on a slow machine. */
const SETTLE_MS = 1000
/** While all is well; and while it is not. */
const OPEN_MS = { healthy: 10_000, otherwise: 2000 } as const
const CLOSE_MS = 5000
const CLOSED_MS = 1000
/** Where answers do come, a call may have reasons to ask the same again. */
const UNANSWERED: readonly Situation[] = ['cut', 'lost reply', 'reset']

export interface TrialOptions {
  readonly client: Client
  readonly vocabulary: Vocabulary
  readonly nodes: readonly ProxiedNode[]
  /** The node that it is bound to. */
  readonly node: string
  readonly process: number
  readonly localAddress: string
  readonly services: Readonly<Record<string, string>>
  readonly options: Options
  readonly errors: ErrorTally
}

/** What became of a call. */
type Settled = Pick<CallSeen, 'outcome' | 'thrown' | 'lateMs'>

interface Asked {
  readonly call: Call
  readonly situation: Situation
  readonly steps: number | null
  readonly traffic: Traffic
}

export class TrialClient {
  readonly #options: TrialOptions
  readonly proxies: NodeProxies
  #connection: Connection | null = null
  /** Why it could not be opened the last time. */
  #refused: string | null = null
  /** The same, while all was well. */
  #refusedInHealth: string | null = null
  /** Kinds of calls that were answered on this connection. */
  readonly #answered = new Set<string>()
  /** Objects that calls on this connection were about. A client may have to prepare each, such as by declaring a queue. */
  readonly #prepared = new Set<string>()

  private constructor(options: TrialOptions, proxies: NodeProxies) {
    this.#options = options
    this.proxies = proxies
  }

  static async open(options: TrialOptions): Promise<TrialClient> {
    const trial = new TrialClient(options, await NodeProxies.open(options.nodes, options.localAddress))
    await trial.#open('healthy')
    return trial
  }

  get vocabulary(): string {
    return this.#options.vocabulary.name
  }

  #attributed<T>(act: () => Promise<T>): Promise<T> {
    return this.#options.errors.attribute('client', this.vocabulary, act)
  }

  async #open(situation: Situation): Promise<void> {
    const openMs = OPEN_MS[situation === 'healthy' ? 'healthy' : 'otherwise']
    const { client, node, process, localAddress, services, options } = this.#options
    const { endpoints } = this.proxies
    const own = endpoints.find((endpoint) => endpoint.node === node) as Endpoint
    const signal = AbortSignal.timeout(openMs)
    const context = { process, node: own, endpoints, localAddress, services, options, signal }
    this.#refused = null
    try {
      const opening = this.#attributed(async () => client.open(context))
      const late = sleep(openMs + SETTLE_MS).then(() => {
        throw new Error(`open did not settle within ${(openMs + SETTLE_MS) / 1000} s`)
      })
      late.catch(() => {})
      this.#connection = await Promise.race([opening, late])
      if (typeof this.#connection?.invoke !== 'function') throw new Error('open returned no connection')
    } catch (error) {
      this.#connection = null
      this.#refused = messageOf(error)
      if (situation === 'healthy') this.#refusedInHealth = this.#refused
    }
  }

  /**
   * Whether it has answered such a call: one of the same kind, as harmless or not, and others about the same objects.
   *
   * @param areReused calls come back to the same objects; otherwise none was asked about before
   */
  isWarm(call: Call, areReused: boolean): boolean {
    const isPrepared = !areReused || this.objectsOf(call).every((object) => this.#prepared.has(object))
    return isPrepared && this.#answered.has(this.kindOf(call)) && this.#connection !== null
  }

  objectsOf({ f, value }: Call): readonly string[] {
    return this.#options.vocabulary.calls[f]?.objects?.(value) ?? []
  }

  /** Equal for calls of which one tells how another will be asked. */
  kindOf({ f, value }: Call): string {
    return `${f} ${this.#changes({ f, value })}`
  }

  #changes({ f, value }: Call): boolean {
    return this.#options.vocabulary.calls[f]?.changes(value) !== false
  }

  /**
   * Makes the call, as a run would: a connection that cannot send is replaced first.
   *
   * @param steps how many exchanges such calls need; null: that is not known
   * @param areReused as for `isWarm`
   */
  async call(call: Call, situation: Situation, steps: number | null, areReused: boolean): Promise<CallSeen> {
    const isWarm = this.isWarm(call, areReused)
    const traffic = this.proxies.observe(UNANSWERED.includes(situation) ? (steps ?? 1) : 1)
    const context = { call, situation, steps, traffic }
    const isReplaced = this.#connection === null || this.#connection.canSend?.(call) === false
    if (isReplaced) {
      await this.#close()
      await this.#open(situation)
    }
    if (this.#connection === null) {
      const outcome = { type: 'fail', error: `not connected: ${this.#refused}` } as const
      return this.#seen(context, { outcome, thrown: null, lateMs: 0 }, false)
    }
    const settled = await this.#invoke(this.#connection, call)
    if (settled.outcome?.type === 'ok') {
      this.#answered.add(this.kindOf(call))
      for (const object of this.objectsOf(call)) this.#prepared.add(object)
    }
    return this.#seen(context, settled, isWarm && !isReplaced)
  }

  async #invoke(connection: Connection, call: Call): Promise<Settled> {
    const abort = new AbortController()
    let abortedMs: number | null = null
    const over = new AbortController()
    // Counted from the abort: a stalled event loop must not take the time from the call.
    const never = sleep(PATIENCE_MS, over.signal)
      .then(() => {
        abortedMs = performance.now()
        abort.abort(new DOMException('nobody waits any more', 'AbortError'))
        return sleep(SETTLE_MS, over.signal)
      })
      .then((): Settled => ({ outcome: null, thrown: null, lateMs: null }))
    never.catch(() => {})
    const lateMs = (): number => (abortedMs === null ? 0 : Math.round(performance.now() - abortedMs))
    const asked = this.#attributed(async () => connection.invoke(call, abort.signal)).then(
      (outcome): Settled => ({ outcome, thrown: null, lateMs: lateMs() }),
      (error: unknown): Settled => ({ outcome: null, thrown: messageOf(error), lateMs: lateMs() }),
    )
    const settled = await Promise.race([asked, never])
    over.abort()
    return settled
  }

  #seen({ call, situation, steps, traffic }: Asked, settled: Settled, isWarm: boolean): CallSeen {
    const { vocabulary } = this.#options
    const { outcome } = settled
    return {
      vocabulary: vocabulary.name,
      f: call.f,
      situation,
      ...settled,
      changes: this.#changes(call),
      isWarm,
      steps,
      exchanges: traffic.exchanges,
      isReached: traffic.isReached,
      sentBytes: traffic.sentBytes,
      receivedBytes: traffic.receivedBytes,
      // Read when everything is over: a request may be sent again after the call has settled.
      get repeats() {
        return isWarm && UNANSWERED.includes(situation) ? traffic.repeats : 0
      },
      misfit: settled.lateMs === null || settled.thrown !== null ? null : misfitOf(vocabulary, call, outcome),
      delivers: vocabulary.calls[call.f]?.delivers === true,
    }
  }

  async #close(): Promise<string | null> {
    const connection = this.#connection
    this.#connection = null
    this.#answered.clear()
    this.#prepared.clear()
    if (connection === null) return null
    const closing = this.#attributed(async () => connection[Symbol.asyncDispose]()).then(
      () => null,
      (error: unknown) => messageOf(error),
    )
    return Promise.race([closing, sleep(CLOSE_MS).then(() => `it did not end within ${CLOSE_MS / 1000} s`)])
  }

  /** A call in doubt may be followed by a new process with a new connection. */
  async renew(): Promise<void> {
    await this.#close()
    await this.#open('healthy')
  }

  /** Disposes of the connection and says what was seen of it. */
  async end(): Promise<ConnectionSeen> {
    const disposal = await this.#close()
    await waitUntil(() => this.proxies.open === 0, CLOSED_MS, 20)
    const leftOpen = this.proxies.open
    await this.proxies[Symbol.asyncDispose]()
    const { localAddress } = this.#options
    return {
      vocabulary: this.vocabulary,
      told: localAddress,
      sources: [...this.proxies.sources],
      refused: this.#refusedInHealth,
      disposal,
      leftOpen,
    }
  }
}
