/**
 * Transactions of a few micro-operations over a few keys at a time: reads and appends (list-append), or reads and writes
 * (rw-register).
 */
import { sessions } from '../checkers/data/sessions.ts'
import { listAppend, rwRegister } from '../checkers/transactions/checker.ts'
import type { OpGenerator } from '../harness/api/generator.ts'
import type { Operation } from '../harness/api/history.ts'
import type { OptionSpecs, OptionsOf } from '../harness/api/options.ts'
import type { Rng } from '../harness/api/random.ts'
import type { FinalContext, WorkloadContext } from '../harness/api/workload.ts'
import { thenAsk } from '../harness/generators/questions.ts'
import { defineWorkload } from '../harness/support/define.ts'
import {
  type AppendOp,
  LIST_APPEND,
  type RegisterOp,
  RW_REGISTER,
  type TransactionCall,
} from '../harness/vocabularies/transactions.ts'
import { atEveryNode, type Draw, finalKeys, type KeyChoice, keyed, keyOptions, keysOf } from './keyed.ts'
import { QUESTIONS } from './questions.ts'
import { standing } from './standing.ts'

type ReadOp = readonly ['r', number, null]

const read = (key: number): ReadOp => ['r', key, null]
const append = (key: number, element: number): AppendOp => ['append', key, element]
const write = (key: number, value: number): RegisterOp => ['w', key, value]

/** Keys read by one transaction at the end. */
const FINAL_KEYS = 8

const OPTIONS = {
  ...keyOptions(6, 12),
  length: { type: 'number', default: 4, description: 'maximum number of micro-operations of a transaction' },
  reads: { type: 'share', default: 0.5, description: 'share of reads among the micro-operations' },
  questions: QUESTIONS,
} as const satisfies OptionSpecs

type Chosen = OptionsOf<typeof OPTIONS>

const transaction = <Op>(
  { length, reads }: Chosen,
  put: (key: number, value: number) => Op,
  concurrency: number,
  { rng, thread, ordinal, key }: Draw,
): TransactionCall<Op | ReadOp> => {
  const value = Array.from({ length: 1 + rng.fork('length').int(length) }, (_, at) => {
    const of = key(`of ${at}`)
    if (rng.fork('kind', at).float() < reads) return read(of)
    // Unique over the run, and positive.
    return put(of, 1 + (ordinal * concurrency + thread) * length + at)
  })
  return { f: 'txn', value }
}

/** Reads what a transaction changed. */
const readAfter = ({ value }: Operation): TransactionCall<ReadOp> | null => {
  const changed = (value as TransactionCall<AppendOp | RegisterOp>['value'])
    .filter(([f]) => f !== 'r')
    .map(([, key]) => read(Number(key)))
  return changed.length === 0 ? null : { f: 'txn', value: changed }
}

/** Transactions that read keys back. */
const finalReads = (options: KeyChoice, context: FinalContext): readonly TransactionCall<ReadOp>[] => {
  const keys = finalKeys(keysOf(options), context)
  return Array.from({ length: Math.ceil(keys.length / FINAL_KEYS) }, (_, at) => ({
    f: 'txn',
    value: keys.slice(at * FINAL_KEYS, (at + 1) * FINAL_KEYS).map(read),
  }))
}

const finalGenerator = (
  _rng: Rng,
  options: KeyChoice,
  context: FinalContext,
): OpGenerator<TransactionCall<ReadOp>> => atEveryNode(finalReads(options, context), context)

const generatorOf =
  <Op>(put: (key: number, value: number) => Op) =>
  (
    _rng: Rng,
    options: Chosen,
    { concurrency, nodes }: WorkloadContext,
  ): OpGenerator<TransactionCall<Op | ReadOp>> =>
    thenAsk<TransactionCall<Op | ReadOp>>(
      { share: options.questions, nodes, about: readAfter },
      keyed(keysOf(options), (draw) => transaction(options, put, concurrency, draw)),
    )

export const listAppendWorkload = defineWorkload({
  name: 'list-append',
  description: 'transactions that read lists and append to them: which isolation anomalies occur?',
  vocabulary: LIST_APPEND,
  options: OPTIONS,
  generator: generatorOf(append),
  finalGenerator,
  checkers: () => [listAppend, ...standing],
})

/** Appends to one of the keys in use, or reads all of them. Two appends that are seen in both orders are a long fork. */
const forking = (
  reads: number,
  concurrency: number,
  { rng, thread, ordinal, key, inUse }: Draw,
): TransactionCall<AppendOp> => {
  if (rng.fork('kind').float() < reads) return { f: 'txn', value: inUse.map(read) }
  return { f: 'txn', value: [append(key('of'), 1 + ordinal * concurrency + thread)] }
}

export const longForkWorkload = defineWorkload({
  name: 'long-fork',
  description:
    'single appends, and reads of all keys in use: do readers disagree on the order of two appends?',
  vocabulary: LIST_APPEND,
  options: { ...keyOptions(3, 15), reads: OPTIONS.reads, questions: QUESTIONS },
  generator: (_rng, options, { concurrency, nodes }) =>
    thenAsk(
      { share: options.questions, nodes, about: readAfter },
      keyed(keysOf(options), (draw) => forking(options.reads, concurrency, draw)),
    ),
  finalGenerator,
  checkers: () => [listAppend, ...standing],
})

/** Transactions of one micro-operation on few keys: whether a session sees its own earlier reads and writes. */
export const sessionsWorkload = defineWorkload({
  name: 'sessions',
  description: 'single reads and appends: does a session still see what it read and wrote before?',
  vocabulary: LIST_APPEND,
  options: { ...OPTIONS, length: { ...OPTIONS.length, default: 1 } },
  generator: generatorOf(append),
  finalGenerator,
  checkers: () => [sessions, listAppend, ...standing],
})

export const rwRegisterWorkload = defineWorkload({
  name: 'rw-register',
  description:
    'transactions that read and write registers: isolation anomalies, where the write order can be inferred',
  vocabulary: RW_REGISTER,
  options: {
    ...OPTIONS,
    assume: {
      type: 'string',
      default: 'nothing',
      choices: ['nothing', 'sequential', 'linearizable'],
      description: 'consistency that is assumed for each single key, to infer the order of its writes',
    },
  },
  generator: generatorOf(write),
  finalGenerator,
  checkers: ({ assume }) => [rwRegister(assume), ...standing],
})
