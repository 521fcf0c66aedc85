/** The operations of a history in the columns that porcupine-ts takes, with the pairs that they came from. */
import type { Pair, Sequence } from '../../harness/api/history.ts'
import type { RunRecord } from '../../harness/api/record.ts'
import type { Vocabulary } from '../../harness/api/vocabulary.ts'
import type { Scalar } from '../../harness/vocabularies/values.ts'
import { namedBy } from '../porcupine-ts/history/names.ts'
import { Packer } from '../porcupine-ts/history/packer.ts'
import type { Cells, Columns, PackedColumns } from '../porcupine-ts/model.ts'
import { type Interval, intervalsOf } from './engine.ts'

export class OperationTable {
  readonly #pairs: Sequence<Pair>
  readonly #intervalOf: (pair: Pair, row: number) => Interval
  readonly #packer: Packer
  /** The place of the pair that each row came from. */
  readonly #places: Int32Array

  constructor(record: RunRecord, vocabulary: Vocabulary) {
    this.#pairs = record.pairs
    this.#intervalOf = intervalsOf(record, vocabulary)
    this.#packer = new Packer(record.pairs.length)
    this.#places = new Int32Array(record.pairs.length)
  }

  get rows(): number {
    return this.#packer.rows
  }

  add(pair: Pair, place: number, cells: Cells): void {
    const { rows } = this
    this.#places[rows] = place
    this.#packer.add(this.#intervalOf(pair, rows), cells)
  }

  pairOf(row: number): Pair {
    return this.#pairs.at(this.#places[row] as number) as Pair
  }

  intervalOf(row: number): Interval {
    return this.#intervalOf(this.pairOf(row), row)
  }

  codeOf(value: Scalar): number {
    return this.#packer.names.codeOf(value)
  }

  scalarOf(code: number): Scalar {
    return namedBy(this.#packer.names.values, code)
  }

  columns(): Required<Columns> {
    return this.#packer.columns()
  }

  packed(): PackedColumns {
    return this.#packer.packed()
  }
}
