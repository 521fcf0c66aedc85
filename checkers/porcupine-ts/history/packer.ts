/** Takes operations into columns one after another: some 40 bytes each, where objects take hundreds. */
import type { Cells, Columns, PackedColumns } from '../model.ts'
import { Names } from './names.ts'

/** When an operation was called and returned, and its client. */
interface Interval {
  readonly client: number
  readonly call: number
  readonly return: number
}

/** Set in the kind of a row with a list: `value` is where it begins among all lists, and `second` its length. */
export const HAS_LIST = 0x80

const FIRST_LIST_LENGTH = 1024

export class Packer {
  readonly names: Names
  readonly #columns: Required<Columns>
  // Threads share it, since each row may name any part of it.
  #lists = new Int32Array(new SharedArrayBuffer(4 * FIRST_LIST_LENGTH))
  #listed = 0
  #rows = 0

  /** @param most rows */
  constructor(most: number, names = new Names()) {
    this.names = names
    this.#columns = {
      client: new Int32Array(most),
      call: new Float64Array(most),
      return: new Float64Array(most),
      kind: new Uint8Array(most),
      key: new Int32Array(most),
      value: new Int32Array(most),
      second: new Int32Array(most),
    }
  }

  get rows(): number {
    return this.#rows
  }

  add(interval: Interval, { kind, key, value, second, list }: Cells): void {
    const row = this.#rows++
    const columns = this.#columns
    columns.client[row] = interval.client
    columns.call[row] = interval.call
    columns.return[row] = interval.return
    columns.key[row] = this.names.codeOf(key)
    columns.kind[row] = list === undefined ? kind : kind | HAS_LIST
    columns.value[row] = list === undefined ? this.names.codeOf(value) : this.#listed
    columns.second[row] = list === undefined ? this.names.codeOf(second) : list.length
    if (list !== undefined) this.#append(list)
  }

  #append(list: NonNullable<Cells['list']>): void {
    if (this.#listed + list.length > this.#lists.length) {
      const length = Math.max(2 * this.#lists.length, this.#listed + list.length)
      const larger = new Int32Array(new SharedArrayBuffer(4 * length))
      larger.set(this.#lists)
      this.#lists = larger
    }
    for (const element of list) this.#lists[this.#listed++] = this.names.codeOf(element)
  }

  /** What has been taken, for models that decode codes themselves. */
  columns(): Required<Columns> {
    const { client, call, return: end, kind, key, value, second } = this.#columns
    const rows = this.#rows
    return {
      client: client.subarray(0, rows),
      call: call.subarray(0, rows),
      return: end.subarray(0, rows),
      kind: kind.subarray(0, rows),
      key: key.subarray(0, rows),
      value: value.subarray(0, rows),
      second: second.subarray(0, rows),
    }
  }

  packed(): PackedColumns {
    return { ...this.columns(), names: this.names.values, lists: this.#lists }
  }
}
