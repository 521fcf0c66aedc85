/**
 * Drives a scheduler in real time: dispatches calls to clients, enforces the per-operation deadline, and hands
 * completions back. Its own delays only widen intervals: an invocation is stamped before the call is sent, a
 * completion after the answer has arrived.
 */
import type { Thread } from '../api/generator.ts'
import type { Call, Outcome } from '../api/history.ts'
import { messageOf } from '../support/assert.ts'
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

export const interpret = <C extends Call>(
  scheduler: Scheduler<C>,
  options: InterpretOptions<C>,
): Promise<void> =>
  new Promise((resolve, reject) => {
    const running = new Map<Thread, Running>()
    let timer: NodeJS.Timeout | undefined
    let pumping = false
    let over = false

    const finish = (error?: unknown): void => {
      if (over) return
      over = true
      clearTimeout(timer)
      clearInterval(reaper)
      options.signal.removeEventListener('abort', pump)
      if (error === undefined) resolve()
      else reject(error)
    }

    const settle = (job: Running, outcome: Outcome): void => {
      if (job.done || over) return
      job.done = true
      running.delete(job.thread)
      const crashed = scheduler.complete(job.thread, outcome, options.clock())
      if (crashed) options.onCrash?.(job.thread)
      if (!pumping) pump()
    }

    /** In doubt because it was given up: the deadline is the reason, however the client words it. */
    const timedOut = (job: Running, outcome: Outcome): Outcome =>
      outcome.type === 'info' && job.controller.signal.aborted ? { ...outcome, error: 'timeout' } : outcome

    const dispatch = (thread: Thread, call: C): void => {
      const isClient = thread < options.concurrency
      const deadlineNs = isClient
        ? options.clock() + options.operationTimeoutMs * NS_PER_MS
        : Number.POSITIVE_INFINITY
      const job: Running = { thread, controller: new AbortController(), deadlineNs, done: false }
      running.set(thread, job)
      options.invoke(thread, call, job.controller.signal).then(
        (outcome) => settle(job, timedOut(job, outcome)),
        (error: unknown) =>
          settle(job, timedOut(job, { type: 'info', error: `client error: ${messageOf(error)}` })),
      )
    }

    const expire = (job: Running, error: string): void => {
      job.controller.abort()
      settle(job, { type: 'info', error })
    }

    const reap = (): void => {
      const nowNs = options.clock()
      for (const job of [...running.values()]) {
        if (job.deadlineNs + GRACE_NS <= nowNs) expire(job, 'timeout')
        else if (job.deadlineNs <= nowNs) job.controller.abort()
      }
    }

    const pumpOnce = (): boolean => {
      if (options.signal.aborted) {
        for (const job of [...running.values()])
          if (job.thread < options.concurrency) expire(job, 'run aborted')
        if (running.size === 0) finish()
        return false
      }
      const decision = scheduler.poll(options.clock())
      if (decision.type === 'dispatch') {
        dispatch(decision.thread, decision.call)
        return true
      }
      if (decision.type === 'done') finish()
      else if (decision.untilNs !== null) {
        const delayMs = Math.max(0, (decision.untilNs - options.clock()) / NS_PER_MS)
        timer = setTimeout(pump, Math.min(delayMs, 2 ** 30))
      }
      return false
    }

    function pump(): void {
      if (over || pumping) return
      pumping = true
      clearTimeout(timer)
      try {
        while (pumpOnce());
      } catch (error) {
        finish(error)
      } finally {
        pumping = false
      }
    }

    const reaper = setInterval(reap, DEADLINE_GRANULARITY_MS)
    options.signal.addEventListener('abort', pump)
    pump()
  })
