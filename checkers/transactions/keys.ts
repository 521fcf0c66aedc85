/** The keys of a history, and which transaction wrote which value to them. Names and values are codes of `packed-ops.ts`. */
import { UserError } from '../../harness/support/assert.ts'
import { Growing } from '../../harness/support/growing.ts'
import type { Scalar } from '../../harness/vocabularies/values.ts'
import { KeyedNumbering } from '../keyed-numbering.ts'
import { Numbering } from '../numbering.ts'
import type { Transactions } from './transactions.ts'

export class Keys {
  readonly names: Scalar[] = []
  /** Number of the write -> row of its transaction. */
  writerOf: Int32Array = new Int32Array(0)
  /** Number of the write -> 1 if its transaction wrote the key again after it. */
  isOverwritten: Uint8Array = new Uint8Array(0)
  readonly #numbers = new Numbering()
  /** The writes of one row have numbers that follow each other. */
  readonly #numbersOfWrites = new KeyedNumbering()

  numberOf(name: number): number {
    return this.#numbers.find(name) ?? this.#numbers.add(name)
  }

  /** The number of the write; undefined: nobody wrote it. */
  writeOf(key: number, value: number): number | undefined {
    return this.#numbersOfWrites.find(key, value)
  }

  /** The row that wrote it; undefined: nobody did. */
  rowOf(key: number, value: number): number | undefined {
    const write = this.writeOf(key, value)
    return write === undefined ? undefined : this.writerOf[write]
  }

  /** Takes the next write. @returns whether nobody has written this value to this key before */
  add(key: number, value: number): boolean {
    const { count } = this.#numbersOfWrites
    return this.#numbersOfWrites.numberOf(key, value) === count
  }

  /** The place of a write among the operations of all rows. */
  placeOf({ ops }: Transactions, write: number): number {
    const row = this.writerOf[write] as number
    let first = write
    while (this.writerOf[first - 1] === row) first--
    let place = ops.first(row)
    for (let at = first; ; place++) if (!ops.isRead(place) && at++ === write) return place
  }
}

/**
 * Numbers keys and writes. Throws a UserError if a value is written twice to a key, because then a read does not show which
 * of the two it saw.
 */
export const numberWrites = ({ count, invokedAt, ops }: Transactions): Keys => {
  const keys = new Keys()
  const rows = new Growing(Int32Array)
  const overwritten: number[] = []
  /** Key number -> its last write so far. */
  const lastOf: number[] = []
  for (let row = 0; row < count; row++) {
    for (let op = ops.first(row); op < ops.first(row + 1); op++) {
      const name = ops.key(op)
      const key = keys.numberOf(name)
      if (key === keys.names.length) keys.names.push(ops.scalarOf(name))
      if (ops.isRead(op)) continue
      const value = ops.value(op)
      if (!keys.add(key, value))
        throw new UserError(
          `Operation ${invokedAt[row]} writes ${JSON.stringify(ops.scalarOf(value))} to ${JSON.stringify(keys.names[key])}, which was written to it before: each value may be written to a key only once, because a read must show which transaction wrote it.`,
        )
      const last = lastOf[key]
      if (last !== undefined && rows.at(last) === row) overwritten.push(last)
      lastOf[key] = rows.length
      rows.push(row)
    }
  }
  keys.writerOf = rows.all()
  keys.isOverwritten = new Uint8Array(rows.length)
  for (const write of overwritten) keys.isOverwritten[write] = 1
  return keys
}
