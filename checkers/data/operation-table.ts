/**
 * The operations of a history in the columns that porcupine-ts takes, with the pairs that they came from. Of a history that is
 * too long for memory they are divided by object among parts on disk, which are then judged one after another.
 */
import type { Pair, Sequence } from '../../harness/api/history.ts'
import type { RunRecord } from '../../harness/api/record.ts'
import type { Scratch } from '../../harness/api/spill.ts'
import type { Vocabulary } from '../../harness/api/vocabulary.ts'
import type { Scalar } from '../../harness/vocabularies/values.ts'
import { Names, namedBy } from '../porcupine-ts/history/names.ts'
import { Packer } from '../porcupine-ts/history/packer.ts'
import type { Cells } from '../porcupine-ts/model.ts'
import { type Interval, intervalsOf } from './engine.ts'
import { SpilledTable } from './spilled-table.ts'
import { type TablePart, TableRows } from './table-rows.ts'

/** Operations that are judged at once: some 150 MB, of which the columns are 40. */
const MOST_ROWS = 2 ** 20

export class OperationTable {
  readonly #pairs: Sequence<Pair>
  readonly #intervalOf: (pair: Pair, row: number) => Interval
  readonly #names = new Names()
  readonly #stored: TableInMemory | SpilledTable

  constructor(record: RunRecord, vocabulary: Vocabulary) {
    const { pairs, scratch } = record
    this.#pairs = pairs
    this.#intervalOf = intervalsOf(record, vocabulary)
    this.#stored = storedIn(scratch, pairs, this.#names)
  }

  get rows(): number {
    return this.#stored.rows
  }

  add(pair: Pair, place: number, cells: Cells): void {
    this.#stored.add(place, this.#intervalOf(pair, this.rows), cells)
  }

  codeOf(value: Scalar): number {
    return this.#names.codeOf(value)
  }

  scalarOf(code: number): Scalar {
    return namedBy(this.#names.values, code)
  }

  /** All rows, each object's in one part. A part is only good until the next one is asked for. */
  parts(): Iterable<TablePart> {
    return this.#stored.parts(this.#pairs)
  }
}

const storedIn = (
  scratch: Scratch | undefined,
  pairs: Sequence<Pair>,
  names: Names,
): TableInMemory | SpilledTable => {
  const most = scratch?.mostInMemory ?? MOST_ROWS
  // While a history is read, only its operations are known, and almost every pair has two.
  const expected = pairs.atMost === undefined ? pairs.length : pairs.atMost / 2
  if (scratch === undefined || expected <= most) return new TableInMemory(pairs.atMost ?? pairs.length, names)
  return new SpilledTable(scratch.makeSpill(), Math.ceil(expected / most), names)
}

class TableInMemory {
  readonly #packer: Packer
  readonly #places: Int32Array<ArrayBuffer>

  constructor(most: number, names: Names) {
    this.#packer = new Packer(most, names)
    this.#places = new Int32Array(most)
  }

  get rows(): number {
    return this.#packer.rows
  }

  add(place: number, interval: Interval, cells: Cells): void {
    this.#places[this.rows] = place
    this.#packer.add(interval, cells)
  }

  parts(pairs: Sequence<Pair>): Iterable<TablePart> {
    const places = this.#places.subarray(0, this.rows)
    const rows = new TableRows(pairs, this.#packer.columns(), places)
    return [{ rows, packed: this.#packer.packed() }]
  }
}
