/** The failing operations on one key in a form that a page can draw: how far they can be ordered, and why not further. */
import type { Evidence, LinearizationView } from '../../harness/api/verdict.ts'
import { messageOf } from '../../harness/support/assert.ts'
import { budgetOf } from '../porcupine-ts/check.ts'
import { type ExplainedAttempt, type Explanation, explain } from '../porcupine-ts/evidence/explain.ts'
import { linearize } from '../porcupine-ts/evidence/linearize.ts'
import type { AnyModel, Illegal, Operation } from '../porcupine-ts/model.ts'
import { clipped, roomFor } from '../view-limits.ts'

/** The operations on one key, and the verdict on them alone. */
export interface FailingKey<S, I, O> {
  readonly key: string
  readonly model: AnyModel<S, I, O>
  readonly operations: readonly Operation<I, O>[]
  /** Names operations by their place among these. */
  readonly result: Illegal
  /** The index of the invocation of each of them in the history. */
  readonly indices: readonly number[]
  /** Absent: it is not made yet. */
  readonly explanation?: Explanation
}

/** A longer order is not read to its beginning. */
const MOST_STEPS = 500
const MOST_STATES = 4
const MOST_ATTEMPTS = 6
const MOST_REFUSED = 12
const MEMORY_BYTES = 2 ** 28

type Drawn = LinearizationView['attempts'][number]

/** @param timeMs half of it for the order, half for the explanation. What is not found by then is left out */
const linearizationView = <S, I, O>(
  { key, model, operations, result, indices, explanation }: FailingKey<S, I, O>,
  timeMs: number,
): LinearizationView => {
  const limits = { timeMs: timeMs / 2, memoryBytes: MEMORY_BYTES }
  const indexOf = (at: number): number => indices[at] as number
  const { from, attempts, others } = explanation ?? explain(model, operations, result, limits)
  const draw = ({ order, state, refused }: ExplainedAttempt): Drawn => ({
    order: order.map(indexOf),
    state: clipped(state),
    refused: refused
      .slice(0, MOST_REFUSED)
      .map(({ operation, why }) => ({ operation: indexOf(operation), why: clipped(why) })),
  })
  const drawn = [...attempts, ...others].slice(0, MOST_ATTEMPTS).map(draw)
  const [found] = linearize(model, operations, result, limits)
  const states = found?.states ?? []
  const steps = (found?.order ?? []).map((at, step) => ({
    operation: indexOf(at),
    state: clipped(states[step] as string),
  }))
  const fromEnd = steps.toReversed()
  const order = fromEnd
    .slice(
      0,
      roomFor(fromEnd, MOST_STEPS, ({ state }) => state.length),
    )
    .reverse()
  const shown = new Set([
    ...order.map(({ operation }) => operation),
    ...drawn.flatMap((each) => [...each.order, ...each.refused.map(({ operation }) => operation)]),
    indexOf(result.blocked),
  ])
  const omitted = Array.from(result.prefix).filter((at) => !shown.has(indexOf(at))).length
  return {
    kind: 'linearization',
    key: clipped(key),
    order,
    blocked: indexOf(result.blocked),
    from: { states: from.slice(0, MOST_STATES).map(clipped), others: Math.max(0, from.length - MOST_STATES) },
    attempts: drawn,
    omitted,
  }
}

/** The same history and result, for the failing key alone. */
export const onKey = <S, I, O>(
  model: AnyModel<S, I, O>,
  operations: readonly Operation<I, O>[],
  own: readonly number[],
  result: Illegal,
): Pick<FailingKey<S, I, O>, 'operations' | 'result'> => {
  const placeOf = new Map(own.map((row, place) => [row, place]))
  const local = (row: number): number => placeOf.get(row) as number
  const [first] = operations
  return {
    operations,
    result: {
      ...result,
      partition: first === undefined ? '' : (model.partition?.(first.input) ?? ''),
      blocked: local(result.blocked),
      prefix: result.prefix.map(local),
      witness: result.witness.map(local),
    },
  }
}

const FIRST_MS = 2500
/** For all other keys together. */
const OTHERS_MS = 1250
const EACH_MS = 500
/** In less time nothing is found. */
const LEAST_MS = 50

/** Adds a view to the evidence of a key. If it cannot be drawn, the verdict stays the same. */
type Draw = <S, I, O>(evidence: Evidence, keyOf: () => FailingKey<S, I, O>) => Evidence

/** Draws the keys that fail one after another: the first may take its time, the others share the rest. */
export const drawer = (): Draw => {
  let leftMs = FIRST_MS + OTHERS_MS
  let mostMs = FIRST_MS
  return (evidence, keyOf) => {
    const timeMs = Math.min(mostMs, leftMs)
    if (timeMs < LEAST_MS) return evidence
    const clock = budgetOf({ timeMs })
    try {
      return { ...evidence, view: linearizationView(keyOf(), timeMs) }
    } catch (error) {
      return { ...evidence, text: `${evidence.text}\n\nIts order could not be drawn: ${messageOf(error)}` }
    } finally {
      leftMs -= timeMs - (clock.deadlineMs - clock.now())
      mostMs = EACH_MS
    }
  }
}
