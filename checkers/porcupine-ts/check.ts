/**
 * porcupine-ts: is a concurrent history linearizable with respect to a sequential model (Herlihy and Wing 1990)?
 *
 * `check` splits the history by the model's partition, searches each part, and answers `ok`, `illegal` (with the
 * shortest prefix that cannot be linearized) or `unknown` (with the limit that ran out). Unknown is never ok.
 */

import { compile } from './general/compile.ts'
import { type Budget, Search, type SearchResult } from './general/search.ts'
import { Transitions } from './general/transitions.ts'
import type { Illegal, Limits, Model, Operation, Result } from './model.ts'

export class MalformedHistoryError extends Error {
  override readonly name = 'MalformedHistoryError'
}

interface Part<I, O> {
  readonly key: string | number
  readonly operations: Operation<I, O>[]
  readonly indices: number[]
}

const validate = (operations: readonly Operation<unknown, unknown>[]): void => {
  const lastReturn = new Map<number, number>()
  const order = operations
    .map((_, at) => at)
    .sort((a, b) => (operations[a] as { call: number }).call - (operations[b] as { call: number }).call)
  for (const at of order) {
    const { client, call, return: end, output } = operations[at] as Operation<unknown, unknown>
    if (!Number.isFinite(call)) throw new MalformedHistoryError(`operation ${at}: its call time is ${call}`)
    if (Number.isNaN(end) || end < call)
      throw new MalformedHistoryError(`operation ${at} returns (${end}) before its call (${call})`)
    if ((end === Number.POSITIVE_INFINITY) !== (output === undefined)) {
      throw new MalformedHistoryError(
        `operation ${at}: an operation has no output exactly when it never returned`,
      )
    }
    const before = lastReturn.get(client)
    if (before !== undefined && before > call) {
      throw new MalformedHistoryError(
        `operation ${at}: client ${client} called it with another operation open`,
      )
    }
    lastReturn.set(client, end)
  }
}

const split = <S, I, O>(
  model: Model<S, I, O>,
  operations: readonly Operation<I, O>[],
): readonly Part<I, O>[] => {
  const parts = new Map<string | number, Part<I, O>>()
  const order = operations
    .map((_, at) => at)
    .sort((a, b) => (operations[a] as Operation<I, O>).call - (operations[b] as Operation<I, O>).call)
  for (const index of order) {
    const operation = operations[index] as Operation<I, O>
    // What changes nothing and never returned restricts nothing.
    if (
      operation.return === Number.POSITIVE_INFINITY &&
      model.readOnly?.(operation.input, operation.output) === true
    )
      continue
    const key = model.partition?.(operation.input) ?? 0
    let part = parts.get(key)
    if (part === undefined) {
      part = { key, operations: [], indices: [] }
      parts.set(key, part)
    }
    part.operations.push(operation)
    part.indices.push(index)
  }
  // Small ones first: a limit then leaves the fewest undecided.
  return [...parts.values()].sort((a, b) => a.operations.length - b.operations.length)
}

/** The part as it stood when event `event`, a return, could not happen. */
const prefixUpTo = <I, O>(part: Part<I, O>, events: Int32Array, event: number): Illegal<I, O> => {
  const returned = new Set<number>()
  let called = 0
  for (let at = 0; at <= event; at++) {
    const passed = events[at] as number
    if (passed & 1) returned.add(passed >> 1)
    else called = (passed >> 1) + 1
  }
  const blocked = (events[event] as number) >> 1
  return {
    verdict: 'illegal',
    partition: part.key,
    prefix: part.operations
      .slice(0, called)
      .map((operation, at) =>
        returned.has(at) ? operation : { ...operation, return: Number.POSITIVE_INFINITY },
      ),
    indices: part.indices.slice(0, called),
    blocked: part.indices[blocked] as number,
    shortest: true,
  }
}

type PartResult<I, O> = Illegal<I, O> | Exclude<SearchResult, { verdict: 'illegal' }>

const searchPart = <S, I, O>(model: Model<S, I, O>, part: Part<I, O>, budget: Budget): PartResult<I, O> => {
  const compiled = compile(model, part.operations)
  const machine = new Transitions(model, part.operations, compiled.classOf)
  const result = new Search(compiled, machine, budget).run(machine.intern(model.init()))
  return result.verdict === 'illegal' ? prefixUpTo(part, compiled.events, result.event) : result
}

const subset = <I, O>(part: Part<I, O>, positions: readonly number[]): Part<I, O> => ({
  key: part.key,
  operations: positions.map((at) => part.operations[at] as Operation<I, O>),
  indices: positions.map((at) => part.indices[at] as number),
})

/** The part before the moment at which operation `blocked` could not return. */
const before = <I, O>(part: Part<I, O>, end: number): Part<I, O> => {
  const positions = part.operations.flatMap(({ call }, at) => (call <= end ? [at] : []))
  const { operations, indices } = subset(part, positions)
  return {
    key: part.key,
    indices,
    operations: operations.map((operation) =>
      operation.return < end ? operation : { ...operation, return: Number.POSITIVE_INFINITY },
    ),
  }
}

/**
 * From a witness to the shortest prefix: the witness itself cannot pass some return; if what came before that return
 * has no witness of its own, no shorter prefix is illegal.
 */
const explain = <S, I, O>(
  model: Model<S, I, O>,
  part: Part<I, O>,
  witness: readonly number[],
  budget: Budget,
): PartResult<I, O> => {
  const small = searchPart(model, subset(part, witness), budget)
  if (small.verdict !== 'illegal') {
    if (small.verdict === 'unknown') return small
    throw new Error(
      'porcupine-ts: the specialised engine and the general one disagree: please report this history',
    )
  }
  const blockedAt = part.indices.indexOf(small.blocked)
  const end = (part.operations[blockedAt] as Operation<I, O>).return
  const earlier = before(part, end)
  const again = checkPart(model, earlier, budget)
  if (again.verdict === 'illegal') return again
  const prefix = earlier.operations.map((operation, at) =>
    earlier.indices[at] === small.blocked ? (part.operations[blockedAt] as Operation<I, O>) : operation,
  )
  return { ...small, prefix, indices: earlier.indices, shortest: again.verdict === 'ok' }
}

const checkPart = <S, I, O>(model: Model<S, I, O>, part: Part<I, O>, budget: Budget): PartResult<I, O> => {
  const special = model.specialised?.(part.operations)
  if (special?.verdict === 'ok') return { verdict: 'ok', visited: 0 }
  if (special?.verdict === 'illegal') return explain(model, part, special.witness, budget)
  return searchPart(model, part, budget)
}

/** @throws MalformedHistoryError naming the operation, where the input is no history. */
export const check = <S, I, O>(
  model: Model<S, I, O>,
  operations: readonly Operation<I, O>[],
  limits: Limits = {},
): Result<I, O> => {
  validate(operations)
  const now = (): number => performance.now()
  const budget: Budget = {
    now,
    deadlineMs: now() + (limits.timeMs ?? Number.POSITIVE_INFINITY),
    memoryBytes: limits.memoryBytes ?? Number.POSITIVE_INFINITY,
  }
  const parts = split(model, operations)
  let undecided: { reason: 'time' | 'memory'; key: string | number } | null = null
  let decided = 0
  for (const part of parts) {
    const result = checkPart(model, part, budget)
    if (result.verdict === 'illegal') return result
    if (result.verdict === 'ok') decided++
    else undecided ??= { reason: result.reason, key: part.key }
  }
  if (undecided === null) return { verdict: 'ok', partitions: parts.length }
  return {
    verdict: 'unknown',
    reason: undecided.reason,
    partition: undecided.key,
    decided,
    partitions: parts.length,
  }
}
