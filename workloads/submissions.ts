/**
 * What the workloads with effects share: requests with unique keys, which are repeated if they are not acknowledged; and
 * the audit after all faults are healed, which waits until every accepted request is done.
 */
import type { OpGenerator, Thread } from '../harness/api/generator.ts'
import type { Call } from '../harness/api/history.ts'
import { delay, eachUntilOk, limit, phases } from '../harness/generators/combinators.ts'
import { onThreads } from '../harness/generators/threads.ts'
import type { AuditCall, PendingResult } from '../harness/vocabularies/effects.ts'

/** Attempts of one request by its client. */
const MOST_ATTEMPTS = 5

interface Current {
  /** Name of the call. */
  readonly f: string
  readonly version: number
  readonly attempts: number
  readonly isAcknowledged: boolean
}

const FIRST: Current = { f: '', version: 1, attempts: 0, isAcknowledged: false }

const nextOf = (current: Current): Current =>
  current.isAcknowledged || current.attempts === MOST_ATTEMPTS
    ? { ...current, version: current.version + 1, attempts: 1, isAcknowledged: false }
    : { ...current, attempts: current.attempts + 1 }

/** @param make makes a thread's n-th request; `version` is n, from 1 */
export const submissions = <C extends Call>(
  make: (key: string, thread: Thread, version: number) => C,
  threads: ReadonlyMap<Thread, Current> = new Map(),
): OpGenerator<C> => {
  const self: OpGenerator<C> = {
    next: (context) => {
      const thread = context.free[0]
      if (thread === undefined) return { type: 'pending', wakeNs: null, next: self }
      const current = nextOf(threads.get(thread) ?? FIRST)
      const call = make(`${thread}-${current.version}`, thread, current.version)
      const next = submissions(make, new Map(threads).set(thread, { ...current, f: call.f }))
      return { type: 'invoke', atNs: context.nowNs, thread, call, next }
    },
    update: (_context, { thread, operation }) => {
      const current = threads.get(thread)
      if (operation.type !== 'ok' || operation.f !== current?.f) return self
      return submissions(make, new Map(threads).set(thread, { ...current, isAcknowledged: true }))
    },
  }
  return self
}

/** At the end, the audit asks at most this many times, at this interval, whether all accepted requests are done. */
const DRAIN_READS = 30
const DRAIN_INTERVAL_NS = 5e8
const LEDGER_ATTEMPTS = 5

const PENDING: AuditCall = { f: 'pending', value: {} }
const LEDGER: AuditCall = { f: 'ledger', value: {} }

/** Asks for the pending requests until there are none. */
const drain = (isOver = false): OpGenerator<AuditCall> => ({
  next: (context) => {
    const thread = context.free[0]
    if (isOver) return { type: 'done' }
    if (thread === undefined) return { type: 'pending', wakeNs: null, next: drain(isOver) }
    const next = delay(DRAIN_INTERVAL_NS, drain())
    return { type: 'invoke', atNs: context.nowNs, thread, call: PENDING, next }
  },
  update: (_context, { operation }) =>
    drain(operation.type === 'ok' && (operation.value as PendingResult).pending.length === 0),
})

/** On the first thread: asks for pending requests until there are none or the limit is reached, then for the cluster's log. */
export const audit = (): OpGenerator<AuditCall> =>
  onThreads(
    (thread) => thread === 0,
    phases(limit(DRAIN_READS, drain()), eachUntilOk([LEDGER], LEDGER_ATTEMPTS)),
  )
