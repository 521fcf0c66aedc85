/** Drives a scheduler in virtual time: a run of minutes takes milliseconds and gives the same result every time. */
import type { Thread } from '../api/generator.ts'
import type { Call, Outcome } from '../api/history.ts'
import { assert } from '../support/assert.ts'
import type { Scheduler } from './scheduler.ts'

export interface Answer {
  readonly outcome: Outcome
  readonly latencyNs: number
}

/** Answers each call by `respond` after the returned latency. Returns the virtual time at the end. */
export const simulate = <C extends Call>(
  scheduler: Scheduler<C>,
  respond: (call: C, thread: Thread, nowNs: number) => Answer,
  startNs = 0,
): number => {
  const inFlight: { thread: Thread; outcome: Outcome; atNs: number }[] = []
  let nowNs = startNs
  for (;;) {
    const decision = scheduler.poll(nowNs)
    if (decision.type === 'done') return nowNs
    if (decision.type === 'dispatch') {
      const { outcome, latencyNs } = respond(decision.call, decision.thread, nowNs)
      inFlight.push({ thread: decision.thread, outcome, atNs: nowNs + latencyNs })
      continue
    }
    inFlight.sort((a, b) => a.atNs - b.atNs)
    const first = inFlight[0]
    if (first !== undefined && (decision.untilNs === null || first.atNs <= decision.untilNs)) {
      inFlight.shift()
      nowNs = Math.max(nowNs, first.atNs)
      scheduler.complete(first.thread, first.outcome, nowNs)
      continue
    }
    assert(decision.untilNs !== null && decision.untilNs > nowNs, 'virtual time cannot advance')
    nowNs = decision.untilNs
  }
}
