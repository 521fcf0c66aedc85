/** The keys of a history, and which transaction wrote which value to them. */
import { UserError } from '../../harness/support/assert.ts'
import { Growing } from '../../harness/support/growing.ts'
import type { Scalar } from '../../harness/vocabularies/values.ts'
import { KeyedNumbering } from '../keyed-numbering.ts'
import type { MicroOp } from './micro-op.ts'
import type { Transactions } from './transactions.ts'

export class Keys {
  readonly names: Scalar[] = []
  /** Number of the write -> row of its transaction. */
  writerOf: Int32Array = new Int32Array(0)
  /** Number of the write -> 1 if its transaction wrote the key again after it. */
  isOverwritten: Uint8Array = new Uint8Array(0)
  readonly #numbers = new Map<Scalar, number>()
  /** The writes of one row have numbers that follow each other. */
  readonly #numbersOfWrites = new KeyedNumbering()

  numberOf(name: Scalar): number {
    const known = this.#numbers.get(name)
    if (known !== undefined) return known
    this.#numbers.set(name, this.names.length)
    return this.names.push(name) - 1
  }

  /** The number of the write; undefined: nobody wrote it. */
  writeOf(key: number, value: Scalar): number | undefined {
    return this.#numbersOfWrites.find(key, value)
  }

  /** The row that wrote it; undefined: nobody did. */
  rowOf(key: number, value: Scalar): number | undefined {
    const write = this.writeOf(key, value)
    return write === undefined ? undefined : this.writerOf[write]
  }

  /** Takes the next write. @returns whether nobody has written this value to this key before */
  add(key: number, value: Scalar): boolean {
    const { count } = this.#numbersOfWrites
    return this.#numbersOfWrites.numberOf(key, value) === count
  }

  /** What a write wrote, and to which key. */
  written({ opsOf }: Transactions, write: number): MicroOp {
    const row = this.writerOf[write] as number
    let first = write
    while (this.writerOf[first - 1] === row) first--
    return opsOf(row).filter(([f]) => f !== 'r')[write - first] as MicroOp
  }
}

/**
 * Numbers keys and writes. Throws a UserError if a value is written twice to a key, because then a read does not show which
 * of the two it saw.
 */
export const numberWrites = ({ count, invokedAt, ...history }: Transactions): Keys => {
  const keys = new Keys()
  const rows = new Growing(Int32Array)
  const overwritten: number[] = []
  /** Key number -> its last write so far. */
  const lastOf: number[] = []
  for (let row = 0; row < count; row++) {
    for (const [f, name, value] of history.opsOf(row)) {
      const key = keys.numberOf(name)
      if (f === 'r') continue
      if (!keys.add(key, value as Scalar))
        throw new UserError(
          `Operation ${invokedAt[row]} writes ${JSON.stringify(value)} to ${JSON.stringify(name)}, which was written to it before: each value may be written to a key only once, because a read must show which transaction wrote it.`,
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
