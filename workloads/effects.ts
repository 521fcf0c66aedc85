/**
 * Requests that must take effect once. A thread whose request was not acknowledged asks again under the same key, a few times;
 * at the end the cluster is given time to do what it has accepted.
 */
import { effects as checker } from '../checkers/effects.ts'
import type { OpGenerator, Thread, Workload } from '../harness/api.ts'
import { delay, limit } from '../harness/generators/combinators.ts'
import { onThreads } from '../harness/generators/threads.ts'
import { EFFECTS, type EffectsCall, type PendingResult } from '../harness/vocabularies/effects.ts'
import { standing } from './standing.ts'

/** Of one request, by its client. */
const MOST_ATTEMPTS = 5
/** Until all accepted requests are done: looked for so often, half a second apart. */
const DRAIN_READS = 30
const DRAIN_INTERVAL_NS = 5e8

interface Current {
  readonly version: number
  readonly attempts: number
  readonly isAcknowledged: boolean
}

const FIRST: Current = { version: 1, attempts: 0, isAcknowledged: false }

const nextOf = ({ version, attempts, isAcknowledged }: Current): Current =>
  isAcknowledged || attempts === MOST_ATTEMPTS
    ? { version: version + 1, attempts: 1, isAcknowledged: false }
    : { version, attempts: attempts + 1, isAcknowledged: false }

const submissions = (threads: ReadonlyMap<Thread, Current>): OpGenerator<EffectsCall> => {
  const self: OpGenerator<EffectsCall> = {
    next: (context) => {
      const thread = context.free[0]
      if (thread === undefined) return { type: 'pending', wakeNs: null, next: self }
      const current = nextOf(threads.get(thread) ?? FIRST)
      const { version } = current
      const call: EffectsCall = {
        f: 'submit',
        value: { key: `${thread}-${version}`, resource: thread, version },
      }
      const next = submissions(new Map(threads).set(thread, current))
      return { type: 'invoke', atNs: context.nowNs, thread, call, next }
    },
    update: (_context, { thread, operation }) => {
      const current = threads.get(thread)
      if (operation.type !== 'ok' || current === undefined) return self
      return submissions(new Map(threads).set(thread, { ...current, isAcknowledged: true }))
    },
  }
  return self
}

const READ: EffectsCall = { f: 'pending', value: {} }

/** Asks what is pending until nothing is. */
const drain = (isOver = false): OpGenerator<EffectsCall> => ({
  next: (context) => {
    const thread = context.free[0]
    if (isOver) return { type: 'done' }
    if (thread === undefined) return { type: 'pending', wakeNs: null, next: drain(isOver) }
    return {
      type: 'invoke',
      atNs: context.nowNs,
      thread,
      call: READ,
      next: delay(DRAIN_INTERVAL_NS, drain()),
    }
  },
  update: (_context, { operation }) =>
    drain(operation.type === 'ok' && (operation.value as PendingResult).pending.length === 0),
})

export const effects: Workload<EffectsCall> = {
  name: 'effects',
  description: 'requests that must take effect in the outside world: once, more than once, or never?',
  vocabulary: EFFECTS,
  options: {},
  generator: () => submissions(new Map()),
  finalGenerator: () => onThreads((thread) => thread === 0, limit(DRAIN_READS, drain())),
  checkers: () => [checker, ...standing],
}
