/**
 * Locks and leases that protect a resource. The holder enters the resource, stays for a while, and leaves it before it
 * releases the lock. Some stay longer than a lease lasts. If it is unclear whether an enter or a leave happened, the thread
 * does not release the lock, because an owner may still be inside.
 */
import { lease as leaseChecker } from '../checkers/data/lease.ts'
import { fencing, mutex } from '../checkers/data/locks.ts'
import { leaseResource, lockResource } from '../checkers/effects/protected-resource.ts'
import type { OpGenerator, Thread } from '../harness/api/generator.ts'
import type { Operation } from '../harness/api/history.ts'
import type { Rng } from '../harness/api/random.ts'
import type { Checker } from '../harness/api/verdict.ts'
import type { Workload } from '../harness/api/workload.ts'
import { defineWorkload } from '../harness/support/define.ts'
import { LEASE_MS } from '../harness/vocabularies/lease.ts'
import type { LockResult } from '../harness/vocabularies/locks.ts'
import { PROTECTED_LEASE, PROTECTED_LOCK, type ProtectedCall } from '../harness/vocabularies/protected.ts'
import { standing } from './standing.ts'

type Step = ProtectedCall['f']

/** The position of a thread: its next call. */
interface Visit {
  readonly step: Step
  readonly count: number
  readonly token: number
  /** The call is not made before this time. */
  readonly atNs: number
}

const START: Visit = { step: 'acquire', count: 0, token: 0, atNs: 0 }

const STAY_MS = 30
const LONG_STAY_MS = LEASE_MS * 1.3
/** Share of long stays. */
const LONG_STAYS = 0.1

const stayNs = (rng: Rng): number => (rng.float() < LONG_STAYS ? LONG_STAY_MS : STAY_MS * rng.float()) * 1e6

interface Plan {
  readonly keys: number
  /** Attempts of a thread on one key. Limited, so that a lock that is never released does not block the others for good. */
  readonly perKey: number
  readonly concurrency: number
}

const callOf = ({ keys, perKey, concurrency }: Plan, thread: Thread, visit: Visit): ProtectedCall => {
  const { step, count, token } = visit
  const key = Math.floor(count / perKey) * keys + (thread % keys)
  const held = { key, owner: count * concurrency + thread }
  return step === 'enter' || step === 'leave'
    ? { f: step, value: { ...held, token } }
    : { f: step, value: held }
}

/** The next step after an answer. Null: it was unclear or refused, and the thread starts another visit. */
const after = (visit: Visit, operation: Operation, rng: Rng): Visit | null => {
  if (operation.type !== 'ok') return null
  const atNs = operation.timeNs
  switch (visit.step) {
    case 'acquire': {
      const { done, token } = operation.value as LockResult
      return done && token !== undefined ? { ...visit, step: 'enter', token, atNs } : null
    }
    case 'enter':
      return { ...visit, step: 'leave', atNs: atNs + stayNs(rng) }
    case 'leave':
      return { ...visit, step: 'release', atNs }
    case 'release':
      return null
  }
}

const visits = (plan: Plan, threads: ReadonlyMap<Thread, Visit> = new Map()): OpGenerator<ProtectedCall> => {
  const of = (thread: Thread): Visit => threads.get(thread) ?? START
  const self: OpGenerator<ProtectedCall> = {
    next: (context) => {
      const [thread] = context.free.toSorted((a, b) => of(a).atNs - of(b).atNs)
      if (thread === undefined) return { type: 'pending', wakeNs: null, next: self }
      const atNs = Math.max(context.nowNs, of(thread).atNs)
      return { type: 'invoke', atNs, thread, call: callOf(plan, thread, of(thread)), next: self }
    },
    update: (context, { thread, operation }) => {
      if (operation.type === 'invoke') return self
      const visit = of(thread)
      const next = after(visit, operation, context.draw(thread)) ?? {
        ...START,
        count: visit.count + 1,
        // Behind the threads that have waited longer.
        atNs: operation.timeNs,
      }
      return visits(plan, new Map(threads).set(thread, next))
    },
  }
  return self
}

const workload = (
  name: string,
  vocabulary: typeof PROTECTED_LOCK | typeof PROTECTED_LEASE,
  description: string,
  checkers: readonly Checker[],
): Workload =>
  defineWorkload({
    name,
    description,
    vocabulary,
    options: {
      keys: { type: 'number', default: 2, description: 'locks in use at a time' },
      'per-key': { type: 'number', default: 40, description: 'attempts of a thread on one key' },
    },
    generator: (_rng, options, { concurrency }) =>
      visits({ keys: options.keys, perKey: options['per-key'], concurrency }),
    checkers: () => [...checkers, ...standing],
  })

export const protectedLock = workload(
  'protected-lock',
  PROTECTED_LOCK,
  'locks that protect a resource in the sink: are two owners ever inside at once?',
  [lockResource, mutex(PROTECTED_LOCK), fencing(PROTECTED_LOCK)],
)

export const protectedLease = workload(
  'protected-lease',
  PROTECTED_LEASE,
  'leases that protect a resource in the sink: does it accept a stale token?',
  [leaseResource, leaseChecker(PROTECTED_LEASE)],
)
