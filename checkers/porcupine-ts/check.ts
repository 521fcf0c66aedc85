/**
 * porcupine-ts: is a concurrent history linearizable with respect to a sequential model (Herlihy and Wing 1990)?
 *
 * `check` splits the history by the model's partition, searches each part, and answers `ok`, `illegal` (with the
 * shortest prefix that cannot be linearized) or `unknown` (with the limit that ran out). Unknown is never ok.
 */
import type { Illegal, Limits, Model, Operation, Result } from './model.ts'
import { type Budget, type SearchResult, search } from './search.ts'

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
  for (const [index, operation] of operations.entries()) {
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

/** The part as it stood when its first `count` returns had happened. */
const prefixOf = <I, O>(part: Part<I, O>, returns: readonly number[], count: number): Part<I, O> => {
  const end = returns[count - 1] as number
  const kept = part.operations.map((operation, at) => ({ operation, index: part.indices[at] as number }))
  const before = kept
    .filter(({ operation }) => operation.call <= end)
    .sort((a, b) => a.operation.call - b.operation.call)
  return {
    key: part.key,
    indices: before.map(({ index }) => index),
    operations: before.map(({ operation }) =>
      operation.return <= end
        ? operation
        : { ...operation, return: Number.POSITIVE_INFINITY, output: undefined },
    ),
  }
}

/** Linearizability is closed under prefixes, so the shortest illegal one is found by bisection over the returns. */
const shorten = <S, I, O>(model: Model<S, I, O>, part: Part<I, O>, budget: Budget): Illegal<I, O> => {
  const returns = part.operations
    .map((o) => o.return)
    .filter((end) => end !== Number.POSITIVE_INFINITY)
    .sort((a, b) => a - b)
  let legal = 0
  let illegal = returns.length
  let shortest = true
  while (illegal - legal > 1) {
    const middle = (legal + illegal) >> 1
    const result: SearchResult = search(model, prefixOf(part, returns, middle).operations, budget)
    if (result === 'ok') legal = middle
    else if (result === 'illegal') illegal = middle
    else {
      shortest = false
      break
    }
  }
  const prefix = prefixOf(part, returns, illegal)
  const end = returns[illegal - 1] as number
  const blocked = prefix.operations.findIndex((operation) => operation.return === end)
  return {
    verdict: 'illegal',
    partition: part.key,
    prefix: prefix.operations,
    indices: prefix.indices,
    blocked: prefix.indices[blocked] as number,
    shortest,
  }
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
    const memoryBytes = budget.memoryBytes
    const result = search(model, part.operations, budget)
    budget.memoryBytes = memoryBytes
    if (result === 'illegal') return shorten(model, part, budget)
    if (result === 'ok') decided++
    else undecided ??= { reason: result, key: part.key }
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
