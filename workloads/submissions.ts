/**
 * What the workloads with effects share: requests with unique keys, which are repeated if they are not acknowledged; and
 * the audit after all faults are healed, which waits until every accepted request is done.
 */
import type { OpGenerator, Thread } from '../harness/api/generator.ts'
import type { Call } from '../harness/api/history.ts'
import type { Rng } from '../harness/api/random.ts'
import { delay, eachUntilOk, limit, phases } from '../harness/generators/combinators.ts'
import { onThreads } from '../harness/generators/threads.ts'
import type { AuditCall, PendingResult } from '../harness/vocabularies/effects.ts'

/** Attempts of one request by its client. */
const MOST_ATTEMPTS = 5
/** Share of the calls that repeat an old request, once there is one. */
const LATE = 0.02
/** An old request is one that its thread made this many requests ago. */
const OLD = 10
/** So many repeated requests are remembered, the latest ones. */
const MOST_REPEATED = 1000

interface Current {
  /** Name of the call. */
  readonly f: string
  readonly version: number
  readonly attempts: number
  readonly isAcknowledged: boolean
  /** It is an old request now, and says nothing about this one. */
  readonly isLate: boolean
}

const FIRST: Current = { f: '', version: 1, attempts: 0, isAcknowledged: false, isLate: false }

const nextOf = (current: Current): Current =>
  current.isAcknowledged || current.attempts === MOST_ATTEMPTS
    ? { ...current, version: current.version + 1, attempts: 1, isAcknowledged: false, isLate: false }
    : { ...current, attempts: current.attempts + 1, isLate: false }

/** A request that was made more than once. */
interface Repeated {
  readonly thread: Thread
  readonly version: number
}

interface State {
  readonly threads: ReadonlyMap<Thread, Current>
  readonly repeated: readonly Repeated[]
}

const START: State = { threads: new Map(), repeated: [] }

/**
 * Each thread makes its requests one after another, and repeats one that is not acknowledged. Now and then a thread repeats
 * one that was repeated long before, by whichever thread: as if an early attempt had only now arrived.
 *
 * @param make makes a thread's n-th request; `version` is n, from 1
 */
export const submissions = <C extends Call>(
  make: (key: string, thread: Thread, version: number) => C,
  state: State = START,
): OpGenerator<C> => {
  const { threads, repeated } = state
  const then = (change: Partial<State>): OpGenerator<C> => submissions(make, { ...state, ...change })
  const requestOf = ({ thread, version }: Repeated): C => make(`${thread}-${version}`, thread, version)
  const oldOne = (draw: Rng): Repeated | null => {
    if (draw.fork('late').float() >= LATE) return null
    const old = repeated.filter(({ thread, version }) => (threads.get(thread)?.version ?? 0) - version >= OLD)
    return old.length === 0 ? null : draw.fork('which').pick(old)
  }
  const self: OpGenerator<C> = {
    next: (context) => {
      const thread = context.free[0]
      if (thread === undefined) return { type: 'pending', wakeNs: null, next: self }
      const before = threads.get(thread) ?? FIRST
      const old = oldOne(context.draw(thread))
      const current = old === null ? nextOf(before) : { ...before, isLate: true }
      const call = requestOf(old ?? { thread, version: current.version })
      const isSecond = old === null && current.attempts === 2
      const next = then({
        threads: new Map(threads).set(thread, { ...current, f: call.f }),
        repeated: isSecond
          ? [...repeated.slice(1 - MOST_REPEATED), { thread, version: current.version }]
          : repeated,
      })
      return { type: 'invoke', atNs: context.nowNs, thread, call, next }
    },
    update: (_context, { thread, operation }) => {
      const current = threads.get(thread)
      if (operation.type !== 'ok' || operation.f !== current?.f || current.isLate) return self
      return then({ threads: new Map(threads).set(thread, { ...current, isAcknowledged: true }) })
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
