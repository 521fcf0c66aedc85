/**
 * Transactions over many objects, in two vocabularies with one call, `txn`. Its value is the list of micro-operations
 * in execution order; the ok value is the same list with what the reads returned.
 *
 * | vocabulary    | micro-operation              | a read returns                                   |
 * |---------------|------------------------------|--------------------------------------------------|
 * | `list-append` | `['append', key, element]`   | all appended elements in order; [] if there is none |
 * | `rw-register` | `['w', key, value]`          | the value; null if none was written              |
 * | both          | `['r', key, null]`           | null in the invocation                           |
 *
 * An element or a value is written to a key at most once in a history, so each read shows which transaction wrote it.
 */
import { z } from 'zod'
import type { CallDefinition, HeldValues } from '../api/vocabulary.ts'
import { printJson } from '../support/json.ts'
import { listAppendForm, rwRegisterForm } from './edn-forms.ts'
import { OF_TRANSACTIONS } from './promises.ts'
import { type Scalar, scalar } from './values.ts'
import { defineCall, defineVocabulary } from './vocabulary.ts'

/** A read holds what it returned; null in an invocation. */
type MicroOp = readonly [f: 'append' | 'w' | 'r', key: Scalar, value: Scalar | readonly Scalar[] | null]

const [READ, APPEND, WRITE] = ['r', 'append', 'w'] as const

const append = z.tuple([z.literal(APPEND), scalar, scalar]).readonly()
const elements = z.array(scalar).readonly()
// Reads come first: an append fails to be one at once, and what is read fails to be a scalar in four ways.
const inList = z.union([z.tuple([z.literal(READ), scalar, elements.nullable()]).readonly(), append])
/** A read that tells nothing is no answer: a list without elements is []. */
const inListDone = z.union([z.tuple([z.literal(READ), scalar, elements]).readonly(), append])

const inRegister = z.union([
  z.tuple([z.literal(READ), scalar, scalar.nullable()]).readonly(),
  z.tuple([z.literal(WRITE), scalar, scalar]).readonly(),
])

/** Apart from the results of reads, the answer must repeat the request. */
const mismatch = (asked: readonly MicroOp[], done: readonly MicroOp[]): string | null => {
  if (asked.length !== done.length)
    return `it has ${done.length} micro-operations, and the invocation has ${asked.length}`
  const at = asked.findIndex(([f, key, value], i) => {
    const [doneF, doneKey, doneValue] = done[i] as MicroOp
    return doneF !== f || doneKey !== key || (f !== READ && doneValue !== value)
  })
  if (at < 0) return null
  return `its micro-operation ${at} is ${printJson(done[at])}, and that of the invocation is ${printJson(asked[at])}`
}

const writes = (ops: readonly MicroOp[]): readonly HeldValues[] => {
  const held: HeldValues[] = []
  for (const [f, key, value] of ops) if (f !== READ) held.push({ key, values: [value as Scalar] })
  return held
}

const reads = (ops: readonly MicroOp[]): readonly HeldValues[] => {
  const held: HeldValues[] = []
  for (const [f, key, value] of ops)
    if (f === READ && value !== null) held.push({ key, values: typeof value === 'object' ? value : [value] })
  return held
}

const transaction = <Op extends MicroOp, Done extends Op>(
  op: z.ZodType<Op>,
  done: z.ZodType<Done>,
): CallDefinition<readonly Op[], readonly Done[]> =>
  defineCall<readonly Op[], readonly Done[]>({
    value: z.array(op).readonly(),
    ok: z.array(done).readonly(),
    changes: (asked) => asked.some(([f]) => f !== READ),
    mismatch,
    objects: (asked) => [...new Set(asked.map(([, key]) => `${key}`))],
    writes,
    reads,
  })

export const registerTransaction = transaction(inRegister, inRegister)

export const LIST_APPEND = defineVocabulary({
  name: 'list-append',
  shows: ['repeats', 'order'],
  description: 'transactions that read lists and append to them',
  promises: OF_TRANSACTIONS,
  unique: 'an element is appended to a key at most once',
  initial: '[]',
  services: [],
  edn: listAppendForm,
  calls: { txn: transaction(inList, inListDone) },
})

export const RW_REGISTER = defineVocabulary({
  name: 'rw-register',
  description: 'transactions that read and write registers',
  promises: OF_TRANSACTIONS,
  unique: 'a value is written to a key at most once',
  initial: 'null',
  services: [],
  edn: rwRegisterForm,
  calls: { txn: registerTransaction },
})

export type TransactionVocabulary = typeof LIST_APPEND | typeof RW_REGISTER

/** The names of the vocabulary's micro-operations, the writing one first. */
export const microOperationsOf = (
  vocabulary: TransactionVocabulary,
): readonly [typeof APPEND | typeof WRITE, typeof READ] => [vocabulary === LIST_APPEND ? APPEND : WRITE, READ]

export type AppendOp = z.output<typeof inList>
export type RegisterOp = z.output<typeof inRegister>

export interface TransactionCall<Op = AppendOp | RegisterOp> {
  readonly f: 'txn'
  readonly value: readonly Op[]
}
