/** Validates a history of objects and splits it into parts. */

import type { AnyModel, Event, Operation } from '../model.ts'
import { float64 } from './allocate.ts'
import type { Part } from './part.ts'
import { sortedPositions } from './sort.ts'
import { assertOutput, assertTimes, MalformedHistoryError, OpenOperations } from './validate.ts'

/** @throws MalformedHistoryError naming the operation. */
export const partsOfOperations = <S, I, O>(
  model: AnyModel<S, I, O>,
  operations: readonly Operation<I, O>[],
): readonly Part<I, O>[] => {
  const calls = float64(operations.length)
  for (let i = 0; i < operations.length; i++) {
    const { call, return: end, output } = operations[i] as Operation<I, O>
    assertTimes(i, call, end)
    assertOutput(i, end, output)
    calls[i] = call
  }
  const open = new OpenOperations()
  const indices = new Map<string | number, number[]>()
  for (const at of sortedPositions(calls)) {
    const { client, call, return: end, input } = operations[at] as Operation<I, O>
    open.assertFree(at, client, call, end)
    const key = model.partition?.(input) ?? 0
    const known = indices.get(key)
    if (known === undefined) indices.set(key, [at])
    else known.push(at)
  }
  return [...indices].map(([key, index]) => makePart(key, new Int32Array(index), operations))
}

const makePart = <I, O>(
  key: string | number,
  index: Int32Array,
  operations: readonly Operation<I, O>[],
): Part<I, O> => {
  const at = (position: number): Operation<I, O> => operations[index[position] as number] as Operation<I, O>
  const count = index.length
  // Not Float64Array.from, which with a function is ten times slower.
  const call = float64(count)
  const end = float64(count)
  for (let i = 0; i < count; i++) {
    call[i] = at(i).call
    end[i] = at(i).return
  }
  return {
    key,
    count,
    call,
    return: end,
    index,
    input: (position) => at(position).input,
    output: (position) => at(position).output,
  }
}

/**
 * Operations of a list of events, numbered by their calls; times are positions in the list.
 *
 * @throws MalformedHistoryError naming the event.
 */
export const operationsOf = <I, O>(events: readonly Event<I, O>[]): Operation<I, O>[] => {
  const operations: Operation<I, O>[] = []
  const open = new Map<number, number>()
  for (const [at, event] of events.entries()) {
    const { client } = event
    const current = open.get(client)
    if (event.type === 'call') {
      if (current !== undefined)
        throw new MalformedHistoryError(`event ${at}: client ${client} calls with another operation open`)
      open.set(client, operations.length)
      const { input } = event
      operations.push({ client, call: at, return: Number.POSITIVE_INFINITY, input, output: undefined })
      continue
    }
    if (current === undefined)
      throw new MalformedHistoryError(`event ${at}: client ${client} returns without a call`)
    operations[current] = { ...(operations[current] as Operation<I, O>), return: at, output: event.output }
    open.delete(client)
  }
  return operations
}
