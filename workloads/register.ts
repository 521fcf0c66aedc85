/**
 * Many independent registers under read, write and compare-and-set.
 *
 * Threads work in groups; a group stays on one key for a bounded number of operations and then moves on, so that
 * checking (exponential at worst) stays cheap and the run covers ground. What a thread does as its n-th operation
 * is a pure function of (seed, thread, n). Every value is written at most once in a run, which makes a stale read
 * tell by whom it was written; a compare-and-set expects a value that a thread of its group wrote not long ago.
 */

import { agreement } from '../checkers/agreement.ts'
import { linearizability } from '../checkers/linearizability.ts'
import { recovery } from '../checkers/recovery.ts'
import { statistics } from '../checkers/statistics.ts'
import type {
  FinalContext,
  OpGenerator,
  Options,
  Rng,
  Thread,
  Workload,
  WorkloadContext,
} from '../harness/api.ts'
import { calls, eachUntilOk } from '../harness/generators/combinators.ts'
import { eachThread, onThreads } from '../harness/generators/threads.ts'
import { REGISTER, type RegisterCall } from '../harness/vocabularies/register.ts'

const FINAL_ATTEMPTS = 5

interface Plan {
  readonly rng: Rng
  readonly concurrency: number
  readonly groupSize: number
  readonly callsPerKey: number
  readonly readShare: number
  readonly casShare: number
}

type Kind = 'read' | 'write' | 'cas'

const planOf = (rng: Rng, options: Options, context: WorkloadContext): Plan => ({
  rng,
  concurrency: context.concurrency,
  groupSize: Math.min(context.concurrency, options.group as number),
  callsPerKey: options['calls-per-key'] as number,
  readShare: options.reads as number,
  casShare: options.cas as number,
})

const kindAt = (plan: Plan, thread: Thread, ordinal: number): Kind => {
  const draw = plan.rng.fork('kind', thread, ordinal).float()
  if (draw < plan.readShare) return 'read'
  return draw < plan.readShare + plan.casShare ? 'cas' : 'write'
}

/** Unique over the run, and positive: 0 is the initial value in Knossos's histories. */
const valueAt = (plan: Plan, thread: Thread, ordinal: number): number =>
  1 + ordinal * plan.concurrency + thread

const keyAt = (plan: Plan, thread: Thread, ordinal: number): number => {
  const groups = Math.ceil(plan.concurrency / plan.groupSize)
  return Math.floor(thread / plan.groupSize) + groups * Math.floor(ordinal / plan.callsPerKey)
}

/**
 * What a cas expects: the last value that a thread of the group was due to write to this key by now; half the time
 * its own, which is the likeliest to stand.
 */
const expectedAt = (plan: Plan, thread: Thread, ordinal: number): number | null => {
  const first = Math.floor(thread / plan.groupSize) * plan.groupSize
  const size = Math.min(plan.groupSize, plan.concurrency - first)
  const draw = plan.rng.fork('peer', thread, ordinal)
  const peer = draw.float() < 0.5 ? thread : first + draw.int(size)
  const from = ordinal - (ordinal % plan.callsPerKey)
  for (let at = peer === thread ? ordinal - 1 : ordinal; at >= from; at--) {
    if (kindAt(plan, peer, at) === 'write') return valueAt(plan, peer, at)
  }
  return null
}

const callAt = (plan: Plan, thread: Thread, ordinal: number): RegisterCall => {
  const key = keyAt(plan, thread, ordinal)
  const kind = kindAt(plan, thread, ordinal)
  if (kind === 'read') return { f: 'read', value: { key } }
  const value = valueAt(plan, thread, ordinal)
  if (kind === 'write') return { f: 'write', value: { key, value } }
  return { f: 'cas', value: { key, expected: expectedAt(plan, thread, ordinal), next: value } }
}

/** Every key that was used, read from every node (thread i is bound to node i modulo the number of nodes). */
const finalReads = (plan: Plan, context: FinalContext): OpGenerator<RegisterCall> => {
  const keys = new Set<number>()
  for (let thread = 0; thread < context.concurrency; thread++) {
    for (let ordinal = 0; ordinal < context.ordinal(thread); ordinal += plan.callsPerKey)
      keys.add(keyAt(plan, thread, ordinal))
    if (context.ordinal(thread) > 0) keys.add(keyAt(plan, thread, context.ordinal(thread) - 1))
  }
  const reads: RegisterCall[] = [...keys].sort((a, b) => a - b).map((key) => ({ f: 'read', value: { key } }))
  const readers = Math.min(context.nodes, context.concurrency)
  return onThreads(
    (thread) => thread < readers,
    eachThread(() => eachUntilOk(reads, FINAL_ATTEMPTS)),
  )
}

export const register: Workload<RegisterCall> = {
  name: 'register',
  description: 'linearizable registers: read, write, compare-and-set over many keys',
  vocabulary: REGISTER,
  options: {
    group: { type: 'number', default: 5, description: 'threads that share a key at a time' },
    'calls-per-key': {
      type: 'number',
      default: 20,
      description: 'operations of one thread on a key before it moves on',
    },
    reads: { type: 'number', default: 0.5, description: 'share of reads' },
    cas: { type: 'number', default: 0.25, description: 'share of compare-and-set; the rest are writes' },
    initial: {
      type: 'string',
      default: 'null',
      description: 'value of an unwritten register, for imported histories (Knossos: 0)',
    },
  },
  generator: (rng, options, context) => {
    const plan = planOf(rng, options, context)
    return calls((_draw, thread, ordinal) => callAt(plan, thread, ordinal))
  },
  finalGenerator: (rng, options, context) => finalReads(planOf(rng, options, context), context),
  checkers: (options) => [
    linearizability({ initial: options.initial === 'null' ? null : Number(options.initial) }),
    agreement,
    recovery,
    statistics,
  ],
}
