/**
 * Many independent registers under read, write and compare-and-set.
 *
 * Threads work in groups. A group stays on one key for a bounded number of operations and then moves on together. So
 * checking (exponential in the worst case) stays cheap, the run covers many keys, and a thread that hung for seconds
 * continues on the key of its group. Some threads of a group only read: a write that hangs in a minority does not keep
 * them from finding stale values there.
 *
 * The n-th operation of a thread (read, write or compare-and-set, and the value written) is a pure function of seed,
 * thread and n, if it is none of the questions after an acknowledgement. Its key, and the value that a compare-and-set expects, depend on the progress of the group. Every value
 * is written at most once in a run, so a stale read shows which operation wrote it.
 */
import { linearizability } from '../checkers/data/linearizability.ts'
import type { OpGenerator, Thread } from '../harness/api/generator.ts'
import type { Operation } from '../harness/api/history.ts'
import type { OptionSpecs, OptionsOf } from '../harness/api/options.ts'
import type { Rng } from '../harness/api/random.ts'
import type { FinalContext, WorkloadContext } from '../harness/api/workload.ts'
import { type ByNumber, byNumber } from '../harness/generators/by-number.ts'
import { eachUntilOk } from '../harness/generators/combinators.ts'
import { thenAsk } from '../harness/generators/questions.ts'
import { eachThread, onThreads } from '../harness/generators/threads.ts'
import { assert } from '../harness/support/assert.ts'
import { defineWorkload } from '../harness/support/define.ts'
import { REGISTER, type RegisterCall } from '../harness/vocabularies/register.ts'
import { INITIAL, initialOf } from './initial.ts'
import { readBackOf } from './keyed.ts'
import { QUESTIONS } from './questions.ts'
import { standing } from './standing.ts'

const OPTIONS = {
  group: { type: 'number', default: 5, description: 'threads that share one key at a time' },
  readers: { type: 'number', default: 2, description: 'threads of a group that only read' },
  'calls-per-key': {
    type: 'number',
    default: 100,
    description: 'operations of a group on a key before it moves on',
  },
  reads: {
    type: 'share',
    default: 0.3,
    description: 'share of reads among the operations of the other threads',
  },
  cas: {
    type: 'share',
    default: 0.3,
    description: 'share of compare-and-set among them; the rest are writes',
  },
  questions: QUESTIONS,
  initial: INITIAL,
} as const satisfies OptionSpecs

const FINAL_ATTEMPTS = 5
/** A compare-and-set expects one of this many latest values. */
const RECENT = 3

interface Plan {
  readonly rng: Rng
  readonly concurrency: number
  readonly groupSize: number
  readonly groups: number
  readonly callsPerKey: number
  readonly readers: number
  readonly readShare: number
  readonly casShare: number
}

/** The progress of a group. */
interface Progress {
  readonly count: number
  /** Values that the group wrote, or tried to write, to its current key; latest last. */
  readonly recent: readonly number[]
}

const START: Progress = { count: 0, recent: [] }

const planOf = (rng: Rng, options: OptionsOf<typeof OPTIONS>, context: WorkloadContext): Plan => {
  const groupSize = Math.min(context.concurrency, options.group)
  const plan: Plan = {
    rng,
    concurrency: context.concurrency,
    groupSize,
    groups: Math.ceil(context.concurrency / groupSize),
    callsPerKey: options['calls-per-key'],
    readers: Math.min(options.readers, groupSize - 1),
    readShare: options.reads,
    casShare: options.cas,
  }
  // A missing option would go into calls as NaN, and the cluster would be blamed for the result.
  for (const [name, value] of Object.entries(plan))
    assert(name === 'rng' || Number.isFinite(value), `${name} is ${value}`)
  return plan
}

const groupOf = (plan: Plan, thread: Thread): number => Math.floor(thread / plan.groupSize)

/** The positions of the readers rotate from group to group, so that every node gets readers. */
const isReader = (plan: Plan, thread: Thread): boolean => {
  const group = groupOf(plan, thread)
  const size = Math.min(plan.groupSize, plan.concurrency - group * plan.groupSize)
  const position = (thread - group * plan.groupSize - ((group * plan.readers) % size) + size) % size
  return position < Math.min(plan.readers, size - 1)
}

const kindAt = (plan: Plan, thread: Thread, ordinal: number): RegisterCall['f'] => {
  if (isReader(plan, thread)) return 'read'
  const draw = plan.rng.fork('kind', thread, ordinal).float()
  if (draw < plan.readShare) return 'read'
  return draw < plan.readShare + plan.casShare ? 'cas' : 'write'
}

const keyAt = (plan: Plan, group: number, count: number): number =>
  group + plan.groups * Math.floor(count / plan.callsPerKey)

/** Unique over the run, and positive: 0 is the initial value in Knossos's histories. */
const valueAt = (plan: Plan, thread: Thread, ordinal: number): number =>
  1 + ordinal * plan.concurrency + thread

const callAt = (plan: Plan, progress: Progress, thread: Thread, ordinal: number): RegisterCall => {
  const key = keyAt(plan, groupOf(plan, thread), progress.count)
  const kind = kindAt(plan, thread, ordinal)
  if (kind === 'read') return { f: 'read', value: { key } }
  const value = valueAt(plan, thread, ordinal)
  if (kind === 'write') return { f: 'write', value: { key, value } }
  const expected =
    progress.recent.length === 0 ? null : plan.rng.fork('expected', thread, ordinal).pick(progress.recent)
  return { f: 'cas', value: { key, expected, next: value } }
}

const putBy = (call: RegisterCall): number | null =>
  call.f === 'read' ? null : Number(call.f === 'write' ? call.value.value : call.value.next)

const advance = (plan: Plan, progress: Progress, call: RegisterCall): Progress => {
  const count = progress.count + 1
  if (count % plan.callsPerKey === 0) return { count, recent: [] }
  const put = putBy(call)
  return { count, recent: put === null ? progress.recent : [...progress.recent, put].slice(-RECENT) }
}

/** @param all the progress of each group that has begun */
const operations = (plan: Plan, all: ByNumber<Progress>): OpGenerator<RegisterCall> => {
  const self: OpGenerator<RegisterCall> = {
    next: (context) => {
      const thread = context.free[0]
      if (thread === undefined) return { type: 'pending', wakeNs: null, next: self }
      const group = groupOf(plan, thread)
      const progress = all.get(group) ?? START
      const call = callAt(plan, progress, thread, context.ordinal(thread))
      const next = operations(plan, all.with(group, advance(plan, progress, call)))
      return { type: 'invoke', atNs: context.nowNs, thread, call, next }
    },
    update: () => self,
  }
  return self
}

const readAfter = ({ f, value }: Operation): RegisterCall | null =>
  f === 'read' ? null : { f: 'read', value: { key: (value as RegisterCall['value']).key } }

/** The keys that were used, or many of them, read from every node (thread i is bound to node i modulo the number of nodes). */
const finalReads = (plan: Plan, context: FinalContext): OpGenerator<RegisterCall> => {
  const counts = new Array<number>(plan.groups).fill(0)
  for (let thread = 0; thread < plan.concurrency; thread++) {
    const group = groupOf(plan, thread)
    counts[group] = (counts[group] as number) + context.ordinal(thread)
  }
  const keys = counts.flatMap((count, group) =>
    Array.from({ length: Math.ceil(count / plan.callsPerKey) }, (_, block) =>
      keyAt(plan, group, block * plan.callsPerKey),
    ),
  )
  const inOrder = keys.sort((a, b) => a - b)
  const reads = readBackOf(inOrder).map((key): RegisterCall => ({ f: 'read', value: { key } }))
  const readers = Math.min(context.nodes, context.concurrency)
  return onThreads(
    (thread) => thread < readers,
    eachThread(() => eachUntilOk(reads, FINAL_ATTEMPTS)),
  )
}

export const register = defineWorkload({
  name: 'register',
  description: 'linearizable registers: read, write, compare-and-set over many keys',
  vocabulary: REGISTER,
  options: OPTIONS,
  generator: (rng, options, context) => {
    const plan = planOf(rng, options, context)
    const questions = { share: options.questions, nodes: context.nodes, about: readAfter }
    return thenAsk(questions, operations(plan, byNumber()))
  },
  finalGenerator: (rng, options, context) => finalReads(planOf(rng, options, context), context),
  checkers: (options) => [linearizability({ initial: initialOf(options.initial) }), ...standing],
})
