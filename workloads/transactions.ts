/**
 * Transactions of a few micro-operations over a few keys at a time: reads and appends (list-append), or reads and writes
 * (rw-register).
 */
import { sessions } from '../checkers/data/sessions.ts'
import { listAppend, rwRegister } from '../checkers/transactions/checker.ts'
import type { OptionSpec, Options } from '../harness/api/options.ts'
import type { Checker } from '../harness/api/verdict.ts'
import type { FinalContext, Workload } from '../harness/api/workload.ts'
import {
  type AppendOp,
  LIST_APPEND,
  type RegisterOp,
  RW_REGISTER,
  type TransactionCall,
} from '../harness/vocabularies/transactions.ts'
import { atEveryNode, type Draw, keyed, keyOptions, keysOf, usedKeys } from './keyed.ts'
import { standing } from './standing.ts'

type Op = AppendOp | RegisterOp

/** Keys read by one transaction at the end. */
const FINAL_KEYS = 8

const transaction = (
  options: Options,
  write: 'append' | 'w',
  concurrency: number,
  draw: Draw,
): TransactionCall => {
  const { rng, thread, ordinal } = draw
  const most = options.length as number
  const value = Array.from({ length: 1 + rng.fork('length').int(most) }, (_, at): Op => {
    const key = draw.key(`of ${at}`)
    if (rng.fork('kind', at).float() < (options.reads as number)) return ['r', key, null]
    // Unique over the run, and positive.
    return [write, key, 1 + (ordinal * concurrency + thread) * most + at] as Op
  })
  return { f: 'txn', value }
}

/** Every key that was used. */
const finalReads = (options: Options, context: FinalContext): readonly TransactionCall[] => {
  const keys = usedKeys(keysOf(options), context)
  return Array.from({ length: Math.ceil(keys.length / FINAL_KEYS) }, (_, at) => ({
    f: 'txn',
    value: keys.slice(at * FINAL_KEYS, (at + 1) * FINAL_KEYS).map((key): Op => ['r', key, null]),
  }))
}

const OPTIONS: Workload['options'] = {
  ...keyOptions(6, 12),
  length: { type: 'number', default: 4, description: 'most micro-operations of a transaction' },
  reads: { type: 'number', default: 0.5, description: 'share of reads among them' },
}

const workload = (
  part: Pick<Workload, 'name' | 'description' | 'vocabulary' | 'options'>,
  write: 'append' | 'w',
  checker: (options: Options) => Checker,
): Workload<TransactionCall> => ({
  ...part,
  generator: (_rng, options, { concurrency }) =>
    keyed(keysOf(options), (draw) => transaction(options, write, concurrency, draw)),
  finalGenerator: (_rng, options, context) => atEveryNode(finalReads(options, context), context),
  checkers: (options) => [checker(options), ...standing],
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

/** Of the keys in use, one is appended to, or all are read: two appends seen in both orders are a long fork. */
const forking = (
  options: Options,
  concurrency: number,
  { rng, thread, ordinal, key, inUse }: Draw,
): TransactionCall => {
  if (rng.fork('kind').float() < (options.reads as number))
    return { f: 'txn', value: inUse.map((each): Op => ['r', each, null]) }
  return { f: 'txn', value: [['append', key('of'), 1 + ordinal * concurrency + thread]] }
}

export const longForkWorkload: Workload<TransactionCall> = {
  ...workload(
    {
      name: 'long-fork',
      description:
        'single appends and reads of all keys in use: do two readers see two appends in both orders?',
      vocabulary: LIST_APPEND,
      options: { ...keyOptions(3, 15), reads: OPTIONS.reads as OptionSpec },
    },
    'append',
    () => listAppend,
  ),
  generator: (_rng, options, { concurrency }) =>
    keyed(keysOf(options), (draw) => forking(options, concurrency, draw)),
}

/** Transactions of one micro-operation on few keys: what a session sees of its own past. */
export const sessionsWorkload: Workload<TransactionCall> = {
  ...workload(
    {
      name: 'sessions',
      description: 'single reads and appends: does a session see what it saw, and did, before?',
      vocabulary: LIST_APPEND,
      options: { ...OPTIONS, length: { ...(OPTIONS.length as OptionSpec), default: 1 } },
    },
    'append',
    () => sessions,
  ),
  checkers: () => [sessions, listAppend, ...standing],
}

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
