/**
 * The micro-operations of many transactions as numbers: 4 bytes for each element of a list that was read. Those of a row have
 * places that follow each other. Keys and values are codes: equal ones have the same.
 */
import { Growing } from '../../harness/support/growing.ts'
import type { Scalar } from '../../harness/vocabularies/values.ts'
import { Names, NIL, namedBy } from '../porcupine-ts/history/names.ts'
import type { MicroOp } from './micro-op.ts'

const CALLS = ['append', 'w', 'r'] as const
const READ = CALLS.indexOf('r')
/** The kind of a read whose value is the place of a list. Other kinds are places in `CALLS`. */
const READ_OF_LIST = CALLS.length

/** Cells of a micro-operation: its kind, its key and its value. */
const CELLS = 3
const KEY = 1
const VALUE = 2

/** Where no list is. */
export const NO_LIST = -1

export class PackedOps {
  readonly #names = new Names()
  /** The place of the first operation of each row, and one past that of the last row's last one. */
  readonly #starts = new Growing(Int32Array)
  readonly #cells = new Growing(Int32Array)
  /** The length of each list, and then its elements. */
  readonly #lists = new Growing(Int32Array)

  constructor() {
    this.#starts.push(0)
  }

  push(ops: readonly MicroOp[]): void {
    for (const op of ops) {
      const value = op[2]
      const isList = typeof value === 'object' && value !== null
      this.#cells.push(isList ? READ_OF_LIST : op[0] === 'r' ? READ : CALLS.indexOf(op[0]))
      this.#cells.push(this.#names.codeOf(op[1]))
      this.#cells.push(isList ? this.#pushList(value) : this.#names.codeOf(value))
    }
    this.#starts.push(this.#cells.length / CELLS)
  }

  #pushList(list: readonly Scalar[]): number {
    const place = this.#lists.length
    this.#lists.push(list.length)
    for (const element of list) this.#lists.push(this.#names.codeOf(element))
    return place
  }

  /** The place of the first operation of a row. The first of the next row is one past its last. */
  first(row: number): number {
    return this.#starts.at(row)
  }

  isRead(op: number): boolean {
    return this.#cells.at(CELLS * op) >= READ
  }

  key(op: number): number {
    return this.#cells.at(CELLS * op + KEY)
  }

  /** What was written. */
  value(op: number): number {
    return this.#cells.at(CELLS * op + VALUE)
  }

  /** The place of the list that was read; NO_LIST: what was read is unknown, or no list. */
  list(op: number): number {
    return this.#cells.at(CELLS * op) === READ_OF_LIST ? this.#cells.at(CELLS * op + VALUE) : NO_LIST
  }

  /** @param list its place; NO_LIST: an empty one */
  lengthOf(list: number): number {
    return list === NO_LIST ? 0 : this.#lists.at(list)
  }

  element(list: number, at: number): number {
    return this.#lists.at(list + 1 + at)
  }

  elementsOf(list: number): readonly Scalar[] {
    return Array.from({ length: this.lengthOf(list) }, (_, at) => this.scalarOf(this.element(list, at)))
  }

  of(row: number): readonly MicroOp[] {
    const ops: MicroOp[] = []
    const end = this.first(row + 1)
    for (let op = this.first(row); op < end; op++) {
      const key = this.scalarOf(this.key(op))
      const [list, value] = [this.list(op), this.value(op)]
      if (list !== NO_LIST) ops.push(['r', key, this.elementsOf(list)])
      else ops.push([this.#call(op), key, value === NIL ? null : this.scalarOf(value)])
    }
    return ops
  }

  #call(op: number): MicroOp[0] {
    return CALLS[this.#cells.at(CELLS * op)] as MicroOp[0]
  }

  scalarOf(code: number): Scalar {
    return namedBy(this.#names.values, code)
  }

  codeOf(scalar: Scalar): number {
    return this.#names.codeOf(scalar)
  }
}
