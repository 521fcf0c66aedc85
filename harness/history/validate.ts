/** Operations against their vocabulary's schemas. What does not fit is one sentence: where, which field, what was expected. */
import { z } from 'zod'
import type { Call, Operation, Outcome, Pair } from '../api/history.ts'
import type { CallDefinition, Vocabulary } from '../api/vocabulary.ts'
import { UserError } from '../support/assert.ts'
import { parseJson, printJson } from '../support/json.ts'
import { accepts } from '../vocabularies/accepts.ts'
import { definitionOf, fits } from '../vocabularies/vocabulary.ts'

const SHOWN = 80

const shown = (value: unknown): string => {
  const text = value === undefined ? 'nothing' : printJson(value)
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}...` : text
}

const requireDefinition = (vocabulary: Vocabulary, f: string, where: Where): CallDefinition => {
  const definition = Object.hasOwn(vocabulary.calls, f) ? vocabulary.calls[f] : undefined
  if (definition !== undefined) return definition
  throw new UserError(
    `${where()}: ${f} is no call of ${vocabulary.name}, which has ${Object.keys(vocabulary.calls).join(', ')}.`,
  )
}

type Schema = CallDefinition['value']

/** The first thing that does not fit, such as `key: expected number`; null where all does. */
const complaint = (schema: Schema, value: unknown): string | null => {
  if (accepts(schema, value)) return null
  const { error } = schema.safeParse(value)
  const issue = error?.issues[0]
  if (issue === undefined) return null
  const field = issue.path.length === 0 ? '' : `${issue.path.join('.')}: `
  return `${field}${wordsOf(issue)}`
}

interface Issue {
  readonly message: string
  readonly path: readonly PropertyKey[]
  /** Of a union: what each of its members complains of. */
  readonly errors?: readonly (readonly Issue[])[]
}

/** Of a union the complaint that gets furthest into the value, or what all its members expect. */
const wordsOf = ({ message, errors }: Issue): string => {
  if (errors === undefined || errors.length === 0) return message.replace(/^Invalid input: /, '')
  const firsts = errors.flatMap(([first]) => (first === undefined ? [] : [first]))
  const deepest = firsts.toSorted((a, b) => b.path.length - a.path.length)[0] as Issue
  if (deepest.path.length > 0) return `${deepest.path.join('.')}: ${wordsOf(deepest)}`
  const expected = firsts.map((each) => /expected (\w+)/.exec(each.message)?.[1] ?? wordsOf(each))
  return `expected ${[...new Set(expected)].join(' or ')}`
}

/** Whether it is already as the vocabulary has it. */
export const fitsCall = (
  vocabulary: Vocabulary,
  f: string,
  type: Operation['type'],
  value: unknown,
): boolean => {
  const definition = Object.hasOwn(vocabulary.calls, f) ? vocabulary.calls[f] : undefined
  if (definition === undefined) return false
  return accepts(type === 'ok' ? definition.ok : definition.value, value)
}

/** Where an operation stands, for messages. */
type Where = () => string

/** @throws UserError */
export const checkInvocation = (vocabulary: Vocabulary, { f, value }: Call, where: Where): void => {
  const why = complaint(requireDefinition(vocabulary, f, where).value, value)
  if (why !== null) throw new UserError(`${where()}: the invocation of ${f} is ${shown(value)}: ${why}.`)
}

/** Why an answer is none to that call; null where it is. */
const mismatchOf = (vocabulary: Vocabulary, call: Call, ok: unknown): string | null => {
  const definition = vocabulary.calls[call.f]
  if (definition === undefined) return `${call.f} is no call of ${vocabulary.name}`
  return complaint(definition.ok, ok) ?? definition.mismatch?.(call.value, ok) ?? null
}

/** @throws UserError */
export const checkCompletion = (vocabulary: Vocabulary, call: Call, ok: unknown, where: Where): void => {
  const why = mismatchOf(vocabulary, call, ok)
  if (why !== null)
    throw new UserError(`${where()}: the ok of ${call.f} ${shown(call.value)} is ${shown(ok)}: ${why}.`)
}

const outcomeShape = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ok') }),
  z.object({ type: z.literal('fail'), error: z.string() }),
  z.object({ type: z.literal('info'), error: z.string() }),
])
const metaShape = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional()

const isMeta = (meta: object): boolean => {
  if (Object.getPrototypeOf(meta) !== Object.prototype) return false
  for (const name in meta) {
    const value = (meta as Readonly<Record<string, unknown>>)[name]
    if (typeof value !== 'string' && typeof value !== 'boolean' && !Number.isFinite(value)) return false
  }
  return true
}

/** Whether the schemas surely have no complaint. They would take longer than all else that is done with an outcome. */
const isPlain = (outcome: unknown): boolean => {
  if (typeof outcome !== 'object' || outcome === null) return false
  const { type, error, meta } = outcome as Readonly<Record<string, unknown>>
  if (type !== 'ok' && !((type === 'fail' || type === 'info') && typeof error === 'string')) return false
  return meta === undefined || (typeof meta === 'object' && meta !== null && isMeta(meta))
}

const complaintAboutOutcome = (outcome: unknown): string | null => {
  if (isPlain(outcome)) return null
  const why = complaint(outcomeShape, outcome)
  if (why !== null) return `the outcome is ${shown(outcome)}: ${why}`
  const meta = complaint(metaShape, (outcome as Outcome).meta)
  return meta === null ? null : `the meta of the outcome is ${shown((outcome as Outcome).meta)}: ${meta}`
}

/**
 * What is wrong with what a client returned for a call; null: nothing. Values are compared as they will be read back from
 * the history, in which fields without a value are absent.
 */
export const misfitOf = (vocabulary: Vocabulary, call: Call, outcome: unknown): string | null => {
  const why = complaintAboutOutcome(outcome)
  if (why !== null) return why
  const answer = outcome as Outcome
  if (answer.type !== 'ok' || mismatchOf(vocabulary, call, answer.value) === null) return null
  const readBack = mismatchOf(vocabulary, call, parseJson(printJson(answer.value)))
  if (readBack === null) return null
  return `the ok of ${call.f} ${shown(call.value)} is ${shown(answer.value)}: ${readBack}`
}

/** Takes the operations of a history in their order. */
export class HistoryCheck {
  readonly #vocabulary: Vocabulary
  readonly #whereOf: (operation: Operation) => string
  readonly #open = new Map<Operation['process'], Operation>()

  /** @param whereOf where an operation stands, for messages */
  constructor(vocabulary: Vocabulary, whereOf: (operation: Operation) => string) {
    this.#vocabulary = vocabulary
    this.#whereOf = whereOf
  }

  /** @throws UserError where it does not fit */
  take(operation: Operation): void {
    const { process, type } = operation
    if (process === 'nemesis') return
    if (type === 'invoke') {
      checkInvocation(this.#vocabulary, operation, () => this.#whereOf(operation))
      this.#open.set(process, operation)
      return
    }
    const call = this.#open.get(process)
    this.#open.delete(process)
    if (type === 'ok' && call !== undefined)
      checkCompletion(this.#vocabulary, call, operation.value, () => this.#whereOf(operation))
  }
}

/** What does not fit, at which index of the history. */
export interface Misfit {
  readonly index: number
  readonly error: unknown
}

/** Whether both operations surely fit. Checkers ask the same of their values afterwards, and are told what was found here. */
const isFine = (vocabulary: Vocabulary, { invocation, completion }: Pair): boolean => {
  const definition = definitionOf(vocabulary, invocation.f)
  if (definition === undefined || !fits(definition.value, invocation.value)) return false
  if (completion?.type !== 'ok') return true
  if (!fits(definition.ok, completion.value)) return false
  return (definition.mismatch?.(invocation.value, completion.value) ?? null) === null
}

/** The operation of a pair that does not fit; null: both do. @param whereOf where an operation stands, for messages */
export const misfitIn = (
  vocabulary: Vocabulary,
  pair: Pair,
  whereOf: (operation: Operation) => string,
): Misfit | null => {
  if (isFine(vocabulary, pair)) return null
  const { invocation, completion } = pair
  let at = invocation
  try {
    checkInvocation(vocabulary, invocation, () => whereOf(invocation))
    if (completion?.type !== 'ok') return null
    at = completion
    checkCompletion(vocabulary, invocation, completion.value, () => whereOf(completion))
    return null
  } catch (error) {
    return { index: at.index, error }
  }
}
