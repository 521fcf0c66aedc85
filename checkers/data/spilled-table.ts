/**
 * An operation table on disk. All operations on one object are in the same part, in the order in which they came, so a part can
 * be judged by itself. 40 bytes an operation.
 */
import type { Pair, Sequence } from '../../harness/api/history.ts'
import type { Spill } from '../../harness/api/spill.ts'
import { SpilledRows } from '../../harness/support/spilled-rows.ts'
import type { Names } from '../porcupine-ts/history/names.ts'
import { HAS_LIST } from '../porcupine-ts/history/packer.ts'
import type { Cells, Columns } from '../porcupine-ts/model.ts'
import type { Interval } from './engine.ts'
import { type TablePart, TableRows } from './table-rows.ts'

/** The words of a row: call and return as doubles, and then the others. */
const CALL = 0
const RETURN = 2
const CLIENT = 4
const KIND = 5
const KEY = 6
const VALUE = 7
const SECOND = 8
const PLACE = 9
const ROW_WORDS = 10

/** Mixes neighbouring keys, so that those in use at the same time are in different parts. */
const partOf = (key: number, parts: number): number => (Math.imul(key, 0x9e3779b1) >>> 8) % parts

/** Room for the rows of any part. */
const roomFor = (rows: number): Required<Columns> & { readonly places: Int32Array } => ({
  client: new Int32Array(rows),
  call: new Float64Array(rows),
  return: new Float64Array(rows),
  kind: new Uint8Array(rows),
  key: new Int32Array(rows),
  value: new Int32Array(rows),
  second: new Int32Array(rows),
  places: new Int32Array(rows),
})

type Room = ReturnType<typeof roomFor>

const firstOf = (columns: Required<Columns>, count: number): Required<Columns> => ({
  client: columns.client.subarray(0, count),
  call: columns.call.subarray(0, count),
  return: columns.return.subarray(0, count),
  kind: columns.kind.subarray(0, count),
  key: columns.key.subarray(0, count),
  value: columns.value.subarray(0, count),
  second: columns.second.subarray(0, count),
})

export class SpilledTable {
  readonly #parts: number
  readonly #names: Names
  readonly #rows: SpilledRows
  /** What is in the lists of rows, whose values say where among those of their part they begin. */
  readonly #elements: SpilledRows
  rows = 0

  constructor(spill: Spill, parts: number, names: Names) {
    this.#parts = parts
    this.#names = names
    this.#rows = new SpilledRows(spill, 'operations of the history', ROW_WORDS)
    this.#elements = new SpilledRows(spill, 'lists of the history', 1)
  }

  add(place: number, interval: Interval, { kind, key, value, second, list }: Cells): void {
    const code = this.#names.codeOf(key)
    const part = partOf(code, this.#parts)
    this.rows++
    const { words, doubles, at } = this.#rows.next(part)
    doubles[(at + CALL) >> 1] = interval.call
    doubles[(at + RETURN) >> 1] = interval.return
    words[at + CLIENT] = interval.client
    words[at + KIND] = list === undefined ? kind : kind | HAS_LIST
    words[at + KEY] = code
    words[at + VALUE] = list === undefined ? this.#names.codeOf(value) : this.#elements.count(part)
    words[at + SECOND] = list === undefined ? this.#names.codeOf(second) : list.length
    words[at + PLACE] = place
    for (const each of list ?? []) {
      const element = this.#elements.next(part)
      element.words[element.at] = this.#names.codeOf(each)
    }
  }

  *parts(pairs: Sequence<Pair>): Iterable<TablePart> {
    const parts = Array.from({ length: this.#parts }, (_, part) => part)
    const largest = parts.reduce((most, part) => Math.max(most, this.#rows.count(part)), 0)
    const { places, ...room } = roomFor(largest)
    for (const part of parts) {
      const count = this.#read(part, { ...room, places })
      if (count === 0) continue
      const columns = firstOf(room, count)
      yield {
        rows: new TableRows(pairs, columns, places.subarray(0, count)),
        packed: { ...columns, names: this.#names.values, lists: this.#listsOf(part) },
      }
    }
  }

  /** Returns the number of rows. */
  #read(part: number, room: Room): number {
    let row = 0
    for (const { words, doubles } of this.#rows.blocks(part))
      for (let at = 0; at < words.length; at += ROW_WORDS) {
        room.call[row] = doubles[(at + CALL) >> 1] as number
        room.return[row] = doubles[(at + RETURN) >> 1] as number
        room.client[row] = words[at + CLIENT] as number
        room.kind[row] = words[at + KIND] as number
        room.key[row] = words[at + KEY] as number
        room.value[row] = words[at + VALUE] as number
        room.second[row] = words[at + SECOND] as number
        room.places[row] = words[at + PLACE] as number
        row++
      }
    return row
  }

  #listsOf(part: number): Int32Array<SharedArrayBuffer> {
    const bytes = Int32Array.BYTES_PER_ELEMENT * this.#elements.count(part)
    // Threads share it, since each row may name any part of it.
    const lists = new Int32Array(new SharedArrayBuffer(bytes))
    let at = 0
    for (const { words } of this.#elements.blocks(part)) {
      lists.set(words, at)
      at += words.length
    }
    return lists
  }
}
