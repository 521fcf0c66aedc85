/** Divides a history among workers without splitting partitions, and keeps the indices of the input. */
import { inOrder, isColumns } from '../check.ts'
import { partsOfColumns } from '../history/columns.ts'
import { partsOfOperations } from '../history/operations.ts'
import type { Part } from '../history/part.ts'
import type { AnyModel, History, Operation } from '../model.ts'

export interface Shard<I, O> {
  readonly history: History<I, O>
  /** For each operation of the shard, its index in the input. */
  readonly index: Int32Array
  /** For each of its partitions, its place in the order in which all are decided. */
  readonly places: Int32Array
  readonly partitions: readonly Pick<Part<I, O>, 'key' | 'count'>[]
}

/**
 * Assigns partitions, largest first, each to the worker with the least work so far.
 *
 * @throws MalformedHistoryError naming the operation.
 */
export const divide = <S, I, O>(
  model: AnyModel<S, I, O>,
  history: History<I, O>,
  workers: number,
): readonly Shard<I, O>[] => {
  const parts = isColumns(history) ? partsOfColumns(model, history) : partsOfOperations(model, history)
  const shards = Array.from({ length: Math.max(1, Math.min(workers, parts.length)) }, () => ({
    rows: [] as Int32Array[],
    places: [] as number[],
    partitions: [] as Pick<Part<I, O>, 'key' | 'count'>[],
    size: 0,
  }))
  for (const [place, part] of [...inOrder(parts).entries()].reverse()) {
    const least = shards.reduce((a, b) => (b.size < a.size ? b : a))
    least.rows.push(part.index)
    least.places.push(place)
    least.partitions.push({ key: part.key, count: part.count })
    least.size += part.count
  }
  return shards.map(({ rows, places, partitions, size }) => {
    const index = new Int32Array(size)
    let at = 0
    for (const some of rows) {
      index.set(some, at)
      at += some.length
    }
    // In the order of the input, so that operations called at the same time keep theirs.
    index.sort()
    return {
      history: take(history, index),
      index,
      places: Int32Array.from(places.reverse()),
      partitions: partitions.reverse(),
    }
  })
}

const take = <I, O>(history: History<I, O>, index: Int32Array): History<I, O> => {
  if (!isColumns(history)) return Array.from(index, (i) => history[i] as Operation<I, O>)
  const { client, call, return: end, kind, value, second, key, ...shared } = history
  const rows = index.length
  return {
    ...shared,
    client: pick(client, index, new Int32Array(rows)),
    call: pick(call, index, new Float64Array(rows)),
    return: pick(end, index, new Float64Array(rows)),
    kind: pick(kind, index, new Uint8Array(rows)),
    value: pick(value, index, new Int32Array(rows)),
    ...(second === undefined ? {} : { second: pick(second, index, new Int32Array(rows)) }),
    ...(key === undefined ? {} : { key: pick(key, index, new Int32Array(rows)) }),
  }
}

const pick = <T extends Int32Array | Float64Array | Uint8Array>(column: T, index: Int32Array, to: T): T => {
  for (let i = 0; i < index.length; i++) to[i] = column[index[i] as number] as number
  return to
}

/** The buffers of a shard's columns, to be transferred instead of copied. What all shards share is neither. */
export const buffersOf = (history: History<unknown, unknown>): ArrayBuffer[] =>
  isColumns(history)
    ? Object.values(history).flatMap(({ buffer }: { readonly buffer?: unknown }) =>
        buffer instanceof ArrayBuffer ? [buffer] : [],
      )
    : []
