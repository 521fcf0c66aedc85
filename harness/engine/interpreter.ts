/**
 * Drives a scheduler in real time: dispatches calls to clients, enforces the deadline of each operation, and returns
 * completions to the scheduler. Its own delays can only widen intervals: an invocation gets its time before the call is
 * sent, and a completion after the answer has arrived.
 */
import type { Thread } from '../api/generator.ts'
import type { Call, Outcome } from '../api/history.ts'
import { assert, messageOf } from '../support/assert.ts'
import { NS_PER_MS } from '../support/time.ts'
import type { Scheduler } from './scheduler.ts'

/** Carries out one call of one thread. A rejection is recorded as info, since nothing is known about the call. */
export type Invoke<C extends Call> = (thread: Thread, call: C, signal: AbortSignal) => Promise<Outcome>

export interface InterpretOptions<C extends Call> {
  readonly invoke: Invoke<C>
  /** Number of client threads. Nemesis threads are numbered from here on and have no deadline. */
  readonly concurrency: number
  /** How long the client of a thread waits for an answer. */
  readonly patienceMs: (thread: Thread) => number
  readonly clock: () => number
  /** Once aborted, nothing more is invoked, and running client operations become info at once. */
  readonly signal: AbortSignal
  /** Called when a thread's process has crashed, so that its connection is discarded. */
  readonly onCrash?: (thread: Thread) => void
  /** Once aborted, the generator is asked at once. Absent: nothing changes what it has said. */
  readonly wake?: AbortSignal
}

interface Running {
  readonly thread: Thread
  readonly controller: AbortController
  readonly deadlineNs: number
  /** When it was told to stop because its deadline had passed; null: it was not. */
  abortedNs: number | null
  done: boolean
}

const DEADLINE_GRANULARITY_MS = 20
/**
 * How long after its deadline an operation may still report that it was never sent, or an answer that has just arrived.
 */
const GRACE_NS = 100 * NS_PER_MS
/** Below Node's longest timer, 2^31 - 1 ms. Longer timers fire at once. */
const MAX_TIMER_MS = 2 ** 30

/** If an aborted operation is in doubt, the reason is the deadline, whatever error the client reports. */
const timedOut = (job: Running, outcome: Outcome): Outcome =>
  outcome.type === 'info' && job.controller.signal.aborted && outcome.meta?.misfit !== true
    ? { ...outcome, error: 'timeout' }
    : outcome

export class Interpreter<C extends Call> {
  readonly #scheduler: Scheduler<C>
  readonly #options: InterpretOptions<C>
  readonly #running = new Map<Thread, Running>()
  readonly #end = Promise.withResolvers<void>()
  #timer: NodeJS.Timeout | undefined
  /** When the timer wakes it; null: it is not set. */
  #wakeNs: number | null = null
  #reaper: NodeJS.Timeout | undefined
  #pumping = false
  #over = false

  constructor(scheduler: Scheduler<C>, options: InterpretOptions<C>) {
    this.#scheduler = scheduler
    this.#options = options
  }

  /**
   * Resolves once the scheduler is done and no operation is running. Rejects with what the scheduler threw. Can be called
   * only once: an extended scheduler needs another interpreter.
   */
  run(): Promise<void> {
    assert(this.#reaper === undefined, 'an interpreter runs once')
    this.#reaper = setInterval(() => this.#reap(), DEADLINE_GRANULARITY_MS)
    for (const signal of this.#signals()) signal.addEventListener('abort', this.#pump)
    this.#pump()
    return this.#end.promise
  }

  #signals(): readonly AbortSignal[] {
    const { signal, wake } = this.#options
    return wake === undefined ? [signal] : [signal, wake]
  }

  #finish(settle: () => void): void {
    if (this.#over) return
    this.#over = true
    clearTimeout(this.#timer)
    clearInterval(this.#reaper)
    for (const signal of this.#signals()) signal.removeEventListener('abort', this.#pump)
    settle()
  }

  /** Acts on the scheduler's decisions until it has to wait. */
  readonly #pump = (): void => {
    if (this.#over || this.#pumping) return
    this.#pumping = true
    try {
      while (this.#pumpOnce());
    } catch (error) {
      this.#finish(() => this.#end.reject(error))
    } finally {
      this.#pumping = false
    }
  }

  /** Returns false if there is nothing to do now. */
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
    else this.#wakeAt(decision.untilNs)
    return false
  }

  /** A timer that is set for this time stays: most operations wait for the end of the run, which does not change. */
  #wakeAt(timeNs: number | null): void {
    if (timeNs === this.#wakeNs) return
    clearTimeout(this.#timer)
    this.#wakeNs = timeNs
    if (timeNs === null) return
    const delayMs = Math.max(0, (timeNs - this.#options.clock()) / NS_PER_MS)
    this.#timer = setTimeout(this.#wake, Math.min(delayMs, MAX_TIMER_MS))
  }

  readonly #wake = (): void => {
    this.#wakeNs = null
    this.#pump()
  }

  /** Aborts client operations at once, but waits for injections and heals that are running. */
  #abort(): void {
    for (const job of [...this.#running.values()])
      if (job.thread < this.#options.concurrency) this.#expire(job, 'run aborted')
    if (this.#running.size === 0) this.#finish(this.#end.resolve)
  }

  #dispatch(thread: Thread, call: C): void {
    const { clock, concurrency, patienceMs, invoke } = this.#options
    const isClient = thread < concurrency
    const deadlineNs = isClient ? clock() + patienceMs(thread) * NS_PER_MS : Number.POSITIVE_INFINITY
    const job: Running = {
      thread,
      controller: new AbortController(),
      deadlineNs,
      abortedNs: null,
      done: false,
    }
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

  /**
   * Aborts operations that exceed their deadline, and completes them as info if they do not end within the grace
   * period.
   */
  #reap(): void {
    const nowNs = this.#options.clock()
    for (const job of [...this.#running.values()]) {
      if (job.deadlineNs > nowNs) continue
      job.abortedNs ??= nowNs
      job.controller.abort()
      // Counted from the abort: a stalled event loop must not take the grace from an operation.
      if (job.abortedNs + GRACE_NS <= nowNs) this.#expire(job, 'timeout')
    }
  }
}
