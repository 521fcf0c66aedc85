/** Rows of an operation table: all of them, or those of some objects. */
import type { Pair, Sequence } from '../../harness/api/history.ts'
import type { Columns, PackedColumns } from '../porcupine-ts/model.ts'
import type { Interval } from './engine.ts'

/** Each object's operations are in one part. */
export interface TablePart {
  readonly rows: TableRows
  /** With what the codes stand for, and the lists that rows have. */
  readonly packed: PackedColumns
}

type Column = Int32Array | Float64Array | Uint8Array

const together = <C extends Column>(kind: new (length: number) => C, columns: readonly C[]): C => {
  const whole = new kind(columns.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const column of columns) {
    whole.set(column, at)
    at += column.length
  }
  return whole
}

export class TableRows {
  /** For models that decode codes themselves. */
  readonly columns: Required<Columns>
  readonly #pairs: Sequence<Pair>
  /** The place of the pair that each row came from. */
  readonly #places: Int32Array

  constructor(pairs: Sequence<Pair>, columns: Required<Columns>, places: Int32Array) {
    this.columns = columns
    this.#pairs = pairs
    this.#places = places
  }

  get count(): number {
    return this.#places.length
  }

  pairOf(row: number): Pair {
    return this.#pairs.at(this.#places[row] as number) as Pair
  }

  intervalOf(row: number): Interval {
    const { client, call, return: end } = this.columns
    return { client: client[row] as number, call: call[row] as number, return: end[row] as number }
  }

  /** The rows of the same object. */
  sameObject(row: number): readonly number[] {
    const { key } = this.columns
    const own: number[] = []
    for (let at = 0; at < key.length; at++) if (key[at] === key[row]) own.push(at)
    return own
  }

  /** A copy of some rows, which are then numbered anew. */
  only(rows: readonly number[]): TableRows {
    const { client, call, return: end, kind, key, value, second } = this.columns
    return new TableRows(
      this.#pairs,
      {
        client: Int32Array.from(rows, (row) => client[row] as number),
        call: Float64Array.from(rows, (row) => call[row] as number),
        return: Float64Array.from(rows, (row) => end[row] as number),
        kind: Uint8Array.from(rows, (row) => kind[row] as number),
        key: Int32Array.from(rows, (row) => key[row] as number),
        value: Int32Array.from(rows, (row) => value[row] as number),
        second: Int32Array.from(rows, (row) => second[row] as number),
      },
      Int32Array.from(rows, (row) => this.#places[row] as number),
    )
  }

  /** Rows of the same history, one after another. */
  static joined(all: readonly TableRows[]): TableRows {
    const [first] = all
    const columns = all.map((each) => each.columns)
    return new TableRows(
      first === undefined ? [] : first.#pairs,
      {
        client: together(
          Int32Array,
          columns.map(({ client }) => client),
        ),
        call: together(
          Float64Array,
          columns.map(({ call }) => call),
        ),
        return: together(
          Float64Array,
          columns.map((each) => each.return),
        ),
        kind: together(
          Uint8Array,
          columns.map(({ kind }) => kind),
        ),
        key: together(
          Int32Array,
          columns.map(({ key }) => key),
        ),
        value: together(
          Int32Array,
          columns.map(({ value }) => value),
        ),
        second: together(
          Int32Array,
          columns.map(({ second }) => second),
        ),
      },
      together(
        Int32Array,
        all.map((each) => each.#places),
      ),
    )
  }
}
