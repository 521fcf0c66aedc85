/** The micro-operations of many transactions as numbers: 4 bytes for each element of a list that was read. */
import { Growing } from '../../harness/support/growing.ts'
import type { Scalar } from '../../harness/vocabularies/values.ts'
import { Names, NIL, namedBy } from '../porcupine-ts/history/names.ts'
import type { MicroOp } from './micro-op.ts'

const CALLS = ['append', 'w', 'r'] as const
/** The kind of a read whose value is the place of a list. Other kinds are places in `CALLS`. */
const READ_OF_LIST = CALLS.length

/** Cells of a micro-operation: its kind, its key and its value. */
const CELLS = 3

export class PackedOps {
  readonly #names = new Names()
  /** Where the cells of each row begin, and where those of the last one end. */
  readonly #starts = new Growing(Int32Array)
  readonly #cells = new Growing(Int32Array)
  /** The length of each list, and then its elements. */
  readonly #lists = new Growing(Int32Array)

  constructor() {
    this.#starts.push(0)
  }

  push(ops: readonly MicroOp[]): void {
    for (const [f, key, value] of ops) {
      const isList = typeof value === 'object' && value !== null
      this.#cells.push(isList ? READ_OF_LIST : CALLS.indexOf(f))
      this.#cells.push(this.#names.codeOf(key))
      this.#cells.push(isList ? this.#pushList(value) : this.#names.codeOf(value))
    }
    this.#starts.push(this.#cells.length)
  }

  #pushList(list: readonly Scalar[]): number {
    const place = this.#lists.length
    this.#lists.push(list.length)
    for (const element of list) this.#lists.push(this.#names.codeOf(element))
    return place
  }

  of(row: number): readonly MicroOp[] {
    const ops: MicroOp[] = []
    const end = this.#starts.at(row + 1)
    for (let cell = this.#starts.at(row); cell < end; cell += CELLS) {
      const kind = this.#cells.at(cell)
      const key = this.#scalarOf(this.#cells.at(cell + 1))
      const value = this.#cells.at(cell + 2)
      if (kind === READ_OF_LIST) ops.push(['r', key, this.#listAt(value)])
      else ops.push([CALLS[kind] as MicroOp[0], key, value === NIL ? null : this.#scalarOf(value)])
    }
    return ops
  }

  #listAt(place: number): readonly Scalar[] {
    const list: Scalar[] = []
    const end = place + 1 + this.#lists.at(place)
    for (let at = place + 1; at < end; at++) list.push(this.#scalarOf(this.#lists.at(at)))
    return list
  }

  #scalarOf(code: number): Scalar {
    return namedBy(this.#names.values, code)
  }
}
