/** Validates a history of columns and splits it into parts, without an object for each operation. */

import type { AnyModel, Cells, Columns, PackedColumns, Row } from '../model.ts'
import { float64, int32, uint8 } from './allocate.ts'
import { Codes } from './codes.ts'
import { NIL, namedBy } from './names.ts'
import { HAS_LIST } from './packer.ts'
import type { Part } from './part.ts'
import { sortedPositions } from './sort.ts'
import { assertTimes, MalformedHistoryError, OpenOperations } from './validate.ts'

const assertColumns = ({ client, call, return: end, kind, value, second, key }: Columns): void => {
  const rows = call.length
  for (const [name, column] of Object.entries({ client, return: end, kind, value, second, key }))
    if (column !== undefined && column.length !== rows)
      throw new MalformedHistoryError(`column ${name} has ${column.length} rows, column call has ${rows}`)
}

/** The rows of each key: keys in order of first appearance, rows in the given order. */
const rowsByKey = (order: Uint32Array, key: Int32Array | undefined): [key: number, rows: Int32Array][] => {
  if (key === undefined) return [[0, new Int32Array(order)]]
  const codes = new Codes()
  const codeOf = int32(order.length)
  const keys: number[] = []
  const sizes: number[] = []
  for (let i = 0; i < order.length; i++) {
    const value = key[order[i] as number] as number
    const code = codes.codeOf(value)
    codeOf[i] = code
    if (code === keys.length) {
      keys.push(value)
      sizes.push(0)
    }
    sizes[code] = (sizes[code] as number) + 1
  }
  const rows = sizes.map((size) => int32(size))
  sizes.fill(0)
  for (let i = 0; i < order.length; i++) {
    const code = codeOf[i] as number
    const at = sizes[code] as number
    ;(rows[code] as Int32Array)[at] = order[i] as number
    sizes[code] = at + 1
  }
  return keys.map((value, code) => [value, rows[code] as Int32Array])
}

/** How the rows of one key become a part. */
const partMaker = <S, I, O>(
  model: AnyModel<S, I, O>,
  columns: Columns | PackedColumns,
): ((key: number, index: Int32Array) => Part<I, O>) => {
  if ('names' in columns) {
    if (model.packing === undefined)
      throw new MalformedHistoryError(
        `the model ${model.name} has no packing, so it cannot read packed columns`,
      )
    const unpacked = new Unpacked(model.packing.unpack, columns)
    return (_key, index) => packedPart(model, unpacked, columns, index)
  }
  const { decode } = model
  if (decode === undefined)
    throw new MalformedHistoryError(`the model ${model.name} has no decode, so it cannot read columns`)
  return (key, index) => makePart(decode, columns, key, index)
}

/** @throws MalformedHistoryError naming the operation. */
export const partsOfColumns = <S, I, O>(
  model: AnyModel<S, I, O>,
  columns: Columns | PackedColumns,
): readonly Part<I, O>[] => {
  assertColumns(columns)
  const partOfKey = partMaker(model, columns)
  for (let i = 0; i < columns.call.length; i++)
    assertTimes(i, columns.call[i] as number, columns.return[i] as number)
  const order = sortedPositions(columns.call)
  const open = new OpenOperations()
  const { client, call, return: end } = columns
  for (let i = 0; i < order.length; i++) {
    const at = order[i] as number
    open.assertFree(at, client[at] as number, call[at] as number, end[at] as number)
  }
  return rowsByKey(order, columns.key).map(([key, index]) => partOfKey(key, index))
}

const makePart = <I, O>(
  decode: (row: Row) => { readonly input: I; readonly output: O | undefined },
  columns: Columns,
  key: number,
  index: Int32Array,
): Part<I, O> => {
  const count = index.length
  const call = float64(count)
  const end = float64(count)
  const kind = uint8(count)
  const value = int32(count)
  const second = int32(columns.second === undefined ? 0 : count)
  for (let i = 0; i < count; i++) {
    const row = index[i] as number
    call[i] = columns.call[row] as number
    end[i] = columns.return[row] as number
    kind[i] = columns.kind[row] as number
    value[i] = columns.value[row] as number
    if (columns.second !== undefined) second[i] = columns.second[row] as number
  }
  const decoded = (position: number): { readonly input: I; readonly output: O | undefined } =>
    decode({
      key,
      kind: kind[position] as number,
      value: value[position] as number,
      second: second[position] ?? 0,
      returned: end[position] !== Number.POSITIVE_INFINITY,
    })
  return {
    key,
    count,
    call,
    return: end,
    index,
    input: (position) => decoded(position).input,
    output: (position) => decoded(position).output,
    columns: { kind, value, second },
  }
}

const cellsAt = (columns: PackedColumns, row: number): Cells => {
  const { names, lists } = columns
  const real = (code: number): Cells['value'] => (code === NIL ? null : namedBy(names, code))
  const kind = columns.kind[row] as number
  const value = columns.value[row] as number
  const second = columns.second[row] as number
  const key = namedBy(names, columns.key[row] as number)
  if ((kind & HAS_LIST) === 0) return { kind, key, value: real(value), second: real(second) }
  const list: Cells['key'][] = []
  for (let i = value; i < value + second; i++) list.push(namedBy(names, lists[i] as number))
  return { kind: kind & ~HAS_LIST, key, value: null, second: null, list }
}

/** So many operations are known at a time. Power of two. */
const KNOWN = 2 ** 10

/**
 * Operations of packed columns as objects. Each is asked for several times while its part is decided, so the latest ones are
 * kept: those of a short part, all. Of those with a list, which may be long, only the last one is.
 */
class Unpacked<I, O> {
  readonly #unpack: (cells: Cells) => { readonly input: I; readonly output: O }
  readonly #columns: PackedColumns
  readonly #rows = new Int32Array(KNOWN).fill(-1)
  readonly #operations: { readonly input: I; readonly output: O }[] = []
  #listRow = -1
  #list: { readonly input: I; readonly output: O } | null = null

  constructor(unpack: (cells: Cells) => { readonly input: I; readonly output: O }, columns: PackedColumns) {
    this.#unpack = unpack
    this.#columns = columns
  }

  /** @param position of the row in its part */
  at(row: number, position: number): { readonly input: I; readonly output: O } {
    if (((this.#columns.kind[row] as number) & HAS_LIST) !== 0) return this.#withList(row)
    const place = position & (KNOWN - 1)
    if (this.#rows[place] !== row) {
      this.#operations[place] = this.#unpack(cellsAt(this.#columns, row))
      this.#rows[place] = row
    }
    return this.#operations[place] as { readonly input: I; readonly output: O }
  }

  #withList(row: number): { readonly input: I; readonly output: O } {
    if (this.#list === null || this.#listRow !== row) this.#list = this.#unpack(cellsAt(this.#columns, row))
    this.#listRow = row
    return this.#list
  }
}

const packedPart = <S, I, O>(
  { partition }: AnyModel<S, I, O>,
  operations: Unpacked<I, O>,
  columns: PackedColumns,
  index: Int32Array,
): Part<I, O> => {
  const count = index.length
  const call = float64(count)
  const end = float64(count)
  for (let i = 0; i < count; i++) {
    call[i] = columns.call[index[i] as number] as number
    end[i] = columns.return[index[i] as number] as number
  }
  const unpacked = (position: number): { readonly input: I; readonly output: O } =>
    operations.at(index[position] as number, position)
  return {
    key: partition?.(unpacked(0).input) ?? 0,
    count,
    call,
    return: end,
    index,
    input: (position) => unpacked(position).input,
    output: (position) =>
      end[position] === Number.POSITIVE_INFINITY ? undefined : unpacked(position).output,
  }
}
