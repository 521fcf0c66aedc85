/** The keys of a history, and which transaction wrote which value to them. */
import { UserError } from '../../harness/support/assert.ts'
import type { Scalar } from '../../harness/vocabularies/values.ts'
import type { Transactions } from './transactions.ts'

export class Keys {
  readonly names: Scalar[] = []
  /** Key number -> value -> number of the write. */
  readonly writes: Map<Scalar, number>[] = []
  /** Number of the write -> row of its transaction. */
  writerOf: Int32Array = new Int32Array(0)
  /** Number of the write -> 1 if its transaction wrote the key again after it. */
  isOverwritten: Uint8Array = new Uint8Array(0)
  readonly #numbers = new Map<Scalar, number>()

  numberOf(name: Scalar): number {
    const known = this.#numbers.get(name)
    if (known !== undefined) return known
    this.#numbers.set(name, this.names.length)
    this.writes.push(new Map())
    return this.names.push(name) - 1
  }
}

/**
 * Numbers keys and writes. Throws a UserError if a value is written twice to a key, because then a read does not show which
 * of the two it saw.
 */
export const numberWrites = ({ count, invokedAt, ...history }: Transactions): Keys => {
  const keys = new Keys()
  const rows: number[] = []
  const overwritten: number[] = []
  /** Key number -> its last write so far. */
  const lastOf: number[] = []
  for (let row = 0; row < count; row++) {
    for (const [f, name, value] of history.opsOf(row)) {
      const key = keys.numberOf(name)
      if (f === 'r') continue
      const writes = keys.writes[key] as Map<Scalar, number>
      const known = writes.size
      writes.set(value as Scalar, rows.length)
      if (writes.size === known)
        throw new UserError(
          `Operation ${invokedAt[row]} writes ${JSON.stringify(value)} to ${JSON.stringify(name)}, which was written to it before: each value may be written to a key only once, because a read must show which transaction wrote it.`,
        )
      const last = lastOf[key]
      if (last !== undefined && rows[last] === row) overwritten.push(last)
      lastOf[key] = rows.push(row) - 1
    }
  }
  keys.writerOf = Int32Array.from(rows)
  keys.isOverwritten = new Uint8Array(rows.length)
  for (const write of overwritten) keys.isOverwritten[write] = 1
  return keys
}
