/**
 * Sample calls of a vocabulary, from the generator of a workload that asks them. What comes before a call is really done, so
 * that a lock is held before it is released; then the calls that are to be tested are held back until a fault is in force.
 */
import type { Thread } from '../../api/generator.ts'
import type { Call } from '../../api/history.ts'
import type { Options } from '../../api/options.ts'
import type { Rng } from '../../api/random.ts'
import type { Workload } from '../../api/workload.ts'
import { Scheduler } from '../../engine/scheduler.ts'
import { NS_PER_MS } from '../../support/time.ts'
import type { CallSeen, ConnectionSeen, Situation } from './observations.ts'
import { Steps } from './steps.ts'
import type { TrialClient } from './trial-client.ts'

/** Calls that are made in order to get at those that are to be tested. */
const MOST_CALLS = 250
/** After so many, a call is tested although no equal one was answered on its connection before. */
const MOST_WARMING = 150
/** Calls of a workload that comes back to the same objects have done so by then. */
const COMES_BACK = 30
const MOST_MS = 12_000

export interface DriverOptions {
  readonly workload: Workload
  readonly workloadOptions: Options
  readonly rng: Rng
  readonly threads: number
  readonly nodes: number
  open(thread: Thread): Promise<TrialClient>
}

interface Held {
  readonly thread: Thread
  readonly call: Call
  readonly client: TrialClient
}

export class Driver {
  readonly #options: DriverOptions
  readonly #scheduler: Scheduler<Call>
  readonly #clients = new Map<Thread, TrialClient>()
  readonly #held = new Map<string, Held>()
  readonly #steps = new Steps()
  readonly #objects = new Set<string>()
  #comesBack = false
  /** Calls that were seen to change something. One that does is the better test. */
  readonly #changing = new Set<string>()
  /** The generator's own time: nobody waits for it. */
  #nowNs = 0
  readonly calls: CallSeen[] = []
  readonly connections: ConnectionSeen[] = []

  constructor(options: DriverOptions) {
    const { workload, workloadOptions, rng, threads, nodes } = options
    this.#options = options
    this.#scheduler = new Scheduler({
      generator: workload.generator(rng.fork('workload'), workloadOptions, { concurrency: threads, nodes }),
      concurrency: threads,
      nemeses: 0,
      rng,
      record: () => {},
    })
  }

  /** The calls of the vocabulary that a workload asks. */
  get wanted(): readonly string[] {
    const { calls } = this.#options.workload.vocabulary
    return Object.keys(calls).filter((f) => calls[f]?.onlyImported !== true)
  }

  async #clientOf(thread: Thread): Promise<TrialClient> {
    const client = this.#clients.get(thread) ?? (await this.#options.open(thread))
    this.#clients.set(thread, client)
    return client
  }

  /** Makes calls until one of each kind is held back, or no more can be got at. */
  async gather(signal: AbortSignal): Promise<void> {
    const endMs = performance.now() + MOST_MS
    for (let made = 0; made < MOST_CALLS && performance.now() < endMs && !signal.aborted; made++) {
      if (this.wanted.every((f) => this.#held.has(f))) return
      if (!(await this.#step(made >= MOST_WARMING))) return
    }
  }

  /** False: nothing more can be asked before a held call has ended. */
  async #step(takesCold: boolean): Promise<boolean> {
    this.#nowNs += NS_PER_MS
    const decision = this.#scheduler.poll(this.#nowNs)
    if (decision.type === 'wait' && decision.untilNs !== null) this.#nowNs = decision.untilNs
    if (decision.type !== 'dispatch') return decision.type === 'wait' && decision.untilNs !== null
    const { thread, call } = decision
    const client = await this.#clientOf(thread)
    if (this.#isToBeHeld(call, client, takesCold)) this.#held.set(call.f, { thread, call, client })
    else await this.#make({ thread, call, client }, 'healthy')
    return true
  }

  #isToBeHeld(call: Call, client: TrialClient, takesCold: boolean): boolean {
    const { f, value } = call
    const changes = this.#options.workload.vocabulary.calls[f]?.changes(value) === true
    if (changes) this.#changing.add(f)
    if (this.#held.has(f) || (!changes && this.#changing.has(f))) return false
    return takesCold || (client.isWarm(call, this.#areReused) && this.#steps.areKnown(client.kindOf(call)))
  }

  get #areReused(): boolean {
    return this.#comesBack || this.calls.length < COMES_BACK
  }

  #note(call: Call, client: TrialClient, seen: CallSeen): void {
    for (const object of client.objectsOf(call)) {
      if (this.#objects.has(object)) this.#comesBack = true
      this.#objects.add(object)
    }
    if (seen.situation === 'healthy') this.#steps.take(client.kindOf(call), seen)
  }

  async #make({ thread, call, client }: Held, situation: Situation): Promise<void> {
    const steps = this.#steps.most(client.kindOf(call))
    const seen = await client.call(call, situation, steps, this.#areReused)
    this.calls.push(seen)
    this.#note(call, client, seen)
    const outcome =
      seen.misfit === null && seen.outcome !== null ? seen.outcome : ({ type: 'info', error: '' } as const)
    const isCrashed = this.#scheduler.complete(thread, outcome, this.#nowNs)
    if (isCrashed && situation === 'healthy') await client.renew()
  }

  /** What is to happen to the connections on which calls are held. */
  onHeld(act: (client: TrialClient) => void): void {
    for (const { client } of this.#held.values()) act(client)
  }

  /** Makes the calls that were held back, all together. */
  async release(situation: Situation): Promise<void> {
    const held = [...this.#held.values()]
    this.#held.clear()
    await Promise.all(held.map((each) => this.#make(each, situation)))
  }

  /** Ends all connections. The next calls get new ones. */
  async endConnections(): Promise<void> {
    const clients = [...this.#clients.values()]
    this.#clients.clear()
    this.connections.push(...(await Promise.all(clients.map((client) => client.end()))))
  }
}
