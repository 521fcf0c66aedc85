/**
 * Drives a scheduler in real time: dispatches calls to clients, enforces the per-operation deadline, and hands
 * completions back. Its own delays only widen intervals: an invocation is stamped before the call is sent, a
 * completion after the answer has arrived.
 */
import type { Thread } from '../api/generator.ts'
import type { Call, Outcome } from '../api/history.ts'
import { assert, messageOf } from '../support/assert.ts'
import { NS_PER_MS } from '../support/time.ts'
import type { Scheduler } from './scheduler.ts'

/** Carries out one call of one thread. A rejection is recorded as info: nothing is known of the call. */
export type Invoke<C extends Call> = (thread: Thread, call: C, signal: AbortSignal) => Promise<Outcome>

export interface InterpretOptions<C extends Call> {
  readonly invoke: Invoke<C>
  /** Clients only: nemesis threads (from `concurrency` on) take the time they need. */
  readonly concurrency: number
  readonly operationTimeoutMs: number
  readonly clock: () => number
  /** Aborted: nothing more is invoked; what is under way becomes info at once. */
  readonly signal: AbortSignal
  /** Told when a thread's process crashed, so that its connection is thrown away. */
  readonly onCrash?: (thread: Thread) => void
}

interface Running {
  readonly thread: Thread
  readonly controller: AbortController
  readonly deadlineNs: number
  done: boolean
}

const DEADLINE_GRANULARITY_MS = 20
/** After its deadline an operation may still say that it was never sent, or what it had just heard. */
const GRACE_NS = 100 * NS_PER_MS
/** The longest that a timer of Node waits: 2^31 - 1 ms; longer ones fire at once. */
const MAX_TIMER_MS = 2 ** 30

/** In doubt because it was given up: the deadline is the reason, however the client words it. */
const timedOut = (job: Running, outcome: Outcome): Outcome =>
  outcome.type === 'info' && job.controller.signal.aborted ? { ...outcome, error: 'timeout' } : outcome

export class Interpreter<C extends Call> {
  readonly #scheduler: Scheduler<C>
  readonly #options: InterpretOptions<C>
  readonly #running = new Map<Thread, Running>()
  readonly #end = Promise.withResolvers<void>()
  #timer: NodeJS.Timeout | undefined
  #reaper: NodeJS.Timeout | undefined
  #pumping = false
  #over = false

  constructor(scheduler: Scheduler<C>, options: InterpretOptions<C>) {
    this.#scheduler = scheduler
    this.#options = options
  }

  /**
   * Resolves once the scheduler is done and nothing is under way any more; rejects with what the scheduler threw. For one
   * use: whoever extends the scheduler drives it by another interpreter.
   */
  run(): Promise<void> {
    assert(this.#reaper === undefined, 'an interpreter runs once')
    this.#reaper = setInterval(() => this.#reap(), DEADLINE_GRANULARITY_MS)
    this.#options.signal.addEventListener('abort', this.#pump)
    this.#pump()
    return this.#end.promise
  }

  #finish(settle: () => void): void {
    if (this.#over) return
    this.#over = true
    clearTimeout(this.#timer)
    clearInterval(this.#reaper)
    this.#options.signal.removeEventListener('abort', this.#pump)
    settle()
  }

  /** Acts on the scheduler's decisions until it has to wait. */
  readonly #pump = (): void => {
    if (this.#over || this.#pumping) return
    this.#pumping = true
    clearTimeout(this.#timer)
    try {
      while (this.#pumpOnce());
    } catch (error) {
      this.#finish(() => this.#end.reject(error))
    } finally {
      this.#pumping = false
    }
  }

  /** False where there is nothing to be done now. */
  #pumpOnce(): boolean {
    if (this.#options.signal.aborted) {
      this.#abort()
      return false
    }
    const decision = this.#scheduler.poll(this.#options.clock())
    if (decision.type === 'dispatch') {
      this.#dispatch(decision.thread, decision.call)
      return true
    }
    if (decision.type === 'done') this.#finish(this.#end.resolve)
    else if (decision.untilNs !== null) this.#wakeAt(decision.untilNs)
    return false
  }

  #wakeAt(timeNs: number): void {
    const delayMs = Math.max(0, (timeNs - this.#options.clock()) / NS_PER_MS)
    this.#timer = setTimeout(this.#pump, Math.min(delayMs, MAX_TIMER_MS))
  }

  /** Clients are given up at once; faults under way are waited for. */
  #abort(): void {
    for (const job of [...this.#running.values()])
      if (job.thread < this.#options.concurrency) this.#expire(job, 'run aborted')
    if (this.#running.size === 0) this.#finish(this.#end.resolve)
  }

  #dispatch(thread: Thread, call: C): void {
    const { clock, concurrency, operationTimeoutMs, invoke } = this.#options
    const isClient = thread < concurrency
    const deadlineNs = isClient ? clock() + operationTimeoutMs * NS_PER_MS : Number.POSITIVE_INFINITY
    const job: Running = { thread, controller: new AbortController(), deadlineNs, done: false }
    this.#running.set(thread, job)
    invoke(thread, call, job.controller.signal).then(
      (outcome) => this.#settle(job, timedOut(job, outcome)),
      (error: unknown) =>
        this.#settle(job, timedOut(job, { type: 'info', error: `client error: ${messageOf(error)}` })),
    )
  }

  #settle(job: Running, outcome: Outcome): void {
    if (job.done || this.#over) return
    job.done = true
    this.#running.delete(job.thread)
    const crashed = this.#scheduler.complete(job.thread, outcome, this.#options.clock())
    if (crashed) this.#options.onCrash?.(job.thread)
    this.#pump()
  }

  #expire(job: Running, error: string): void {
    job.controller.abort()
    this.#settle(job, { type: 'info', error })
  }

  /** Tells those over their deadline to stop, and gives up those that did not within the grace. */
  #reap(): void {
    const nowNs = this.#options.clock()
    for (const job of [...this.#running.values()]) {
      if (job.deadlineNs + GRACE_NS <= nowNs) this.#expire(job, 'timeout')
      else if (job.deadlineNs <= nowNs) job.controller.abort()
    }
  }
}
