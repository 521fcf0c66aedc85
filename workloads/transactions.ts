/**
 * Transactions of a few micro-operations over a few keys at a time: reads and appends (list-append), or reads and writes
 * (rw-register).
 *
 * What a thread does as its n-th operation is a pure function of seed, thread and n, but for its keys: these move on with
 * the run as a whole, so that a thread that hung meets the others again where they are.
 */
import { agreement } from '../checkers/agreement.ts'
import { recovery } from '../checkers/recovery.ts'
import { statistics } from '../checkers/statistics.ts'
import { listAppend, rwRegister } from '../checkers/transactions/checker.ts'
import type { Checker, FinalContext, OpGenerator, Options, Rng, Workload } from '../harness/api.ts'
import { eachUntilOk } from '../harness/generators/combinators.ts'
import { eachThread, onThreads } from '../harness/generators/threads.ts'
import {
  type AppendOp,
  LIST_APPEND,
  type RegisterOp,
  RW_REGISTER,
  type TransactionCall,
} from '../harness/vocabularies/transactions.ts'

type Op = AppendOp | RegisterOp

const FINAL_ATTEMPTS = 5
/** Keys read by one transaction at the end. */
const FINAL_KEYS = 8

interface Plan {
  readonly rng: Rng
  readonly concurrency: number
  readonly write: 'append' | 'w'
  readonly keys: number
  readonly perKey: number
  readonly most: number
  readonly reads: number
}

const planOf = (
  rng: Rng,
  options: Options,
  { concurrency }: { concurrency: number },
  write: Plan['write'],
): Plan => ({
  rng,
  concurrency,
  write,
  keys: options.keys as number,
  perKey: options['per-key'] as number,
  most: options.length as number,
  reads: options.reads as number,
})

/** The oldest key in use after so many transactions: each is in use for `keys` times `perKey` of them. */
const firstKey = (plan: Plan, begun: number): number => Math.floor(begun / plan.perKey)

const transaction = (plan: Plan, begun: number, thread: number, ordinal: number): TransactionCall => {
  const draw = plan.rng.fork('transaction', thread, ordinal)
  const length = 1 + draw.fork('length').int(plan.most)
  const value = Array.from({ length }, (_, at): Op => {
    const key = firstKey(plan, begun) + draw.fork('key', at).int(plan.keys)
    if (draw.fork('kind', at).float() < plan.reads) return ['r', key, null]
    // Unique over the run, and positive.
    return [plan.write, key, 1 + (ordinal * plan.concurrency + thread) * plan.most + at] as Op
  })
  return { f: 'txn', value }
}

const transactions = (plan: Plan, begun: number): OpGenerator<TransactionCall> => {
  const self: OpGenerator<TransactionCall> = {
    next: (context) => {
      const thread = context.free[0]
      if (thread === undefined) return { type: 'pending', wakeNs: null, next: self }
      const call = transaction(plan, begun, thread, context.ordinal(thread))
      return { type: 'invoke', atNs: context.nowNs, thread, call, next: transactions(plan, begun + 1) }
    },
    update: () => self,
  }
  return self
}

/** Every key that was used, read at every node. */
const finalReads = (plan: Plan, context: FinalContext): OpGenerator<TransactionCall> => {
  let begun = 0
  for (let thread = 0; thread < context.concurrency; thread++) begun += context.ordinal(thread)
  const keys = Array.from({ length: firstKey(plan, begun) + plan.keys }, (_, key) => key)
  const reads = Array.from(
    { length: Math.ceil(keys.length / FINAL_KEYS) },
    (_, at): TransactionCall => ({
      f: 'txn',
      value: keys.slice(at * FINAL_KEYS, (at + 1) * FINAL_KEYS).map((key): Op => ['r', key, null]),
    }),
  )
  const readers = Math.min(context.nodes, context.concurrency)
  return onThreads(
    (thread) => thread < readers,
    eachThread(() => eachUntilOk(reads, FINAL_ATTEMPTS)),
  )
}

const OPTIONS: Workload['options'] = {
  keys: { type: 'number', default: 6, description: 'keys in use at a time' },
  'per-key': { type: 'number', default: 12, description: 'transactions until the oldest key is left behind' },
  length: { type: 'number', default: 4, description: 'most micro-operations of a transaction' },
  reads: { type: 'number', default: 0.5, description: 'share of reads among them' },
}

const workload = (
  part: Pick<Workload, 'name' | 'description' | 'vocabulary' | 'options'>,
  write: Plan['write'],
  checker: (options: Options) => Checker,
): Workload<TransactionCall> => ({
  ...part,
  generator: (rng, options, context) => transactions(planOf(rng, options, context, write), 0),
  finalGenerator: (rng, options, context) => finalReads(planOf(rng, options, context, write), context),
  checkers: (options) => [checker(options), agreement, recovery, statistics],
})

export const listAppendWorkload = workload(
  {
    name: 'list-append',
    description: 'transactions that read and append to lists: which isolation anomalies are there?',
    vocabulary: LIST_APPEND,
    options: OPTIONS,
  },
  'append',
  () => listAppend,
)

export const rwRegisterWorkload = workload(
  {
    name: 'rw-register',
    description:
      'transactions that read and write registers: anomalies, as far as their order can be inferred',
    vocabulary: RW_REGISTER,
    options: {
      ...OPTIONS,
      assume: {
        type: 'string',
        default: 'nothing',
        choices: ['nothing', 'sequential', 'linearizable'],
        description: 'what is taken for granted of each key by itself',
      },
    },
  },
  'w',
  ({ assume }) => rwRegister(assume as Parameters<typeof rwRegister>[0]),
)
