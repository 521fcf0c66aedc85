/** Whether the reads of a transaction agree with its own earlier operations. */
import type { Scalar } from '../../harness/vocabularies/values.ts'
import type { MicroOp } from './micro-op.ts'
import { NO_LIST, type PackedOps } from './packed-ops.ts'

/** What a transaction knows about a key from its own earlier operations. */
export interface Own {
  /** The list that it read last; NO_LIST if it had not read the key yet. */
  readonly read: number
  /** What it has appended since then. */
  readonly appended: readonly number[]
}

/**
 * Null if the operation is the first on its key.
 *
 * @param first the place of the first operation of the transaction
 * @param read the place of the operation
 */
export const ownAppends = (ops: PackedOps, first: number, read: number): Own | null => {
  const key = ops.key(read)
  let appended: number[] | null = null
  for (let op = read - 1; op >= first; op--) {
    if (ops.key(op) !== key) continue
    if (ops.isRead(op)) {
      const list = ops.list(op)
      if (list !== NO_LIST) return { read: list, appended: appended ?? [] }
    } else {
      appended ??= []
      appended.unshift(ops.value(op))
    }
  }
  return appended === null ? null : { read: NO_LIST, appended }
}

/** Whether a list begins as another one. */
export const beginsAs = (ops: PackedOps, list: number, other: number, length: number): boolean => {
  for (let at = 0; at < length; at++) if (ops.element(list, at) !== ops.element(other, at)) return false
  return true
}

const shown = (list: readonly Scalar[]): string => JSON.stringify(list)

/** The contradiction in words; null if there is none. */
export const checkInternal = (ops: PackedOps, read: number, own: Own): string | null => {
  const list = ops.list(read)
  const before = ops.lengthOf(list) - own.appended.length
  const fits = before >= 0 && own.appended.every((each, i) => each === ops.element(list, before + i))
  const isFirst = own.read === NO_LIST
  if (fits && (isFirst || (before === ops.lengthOf(own.read) && beginsAs(ops, list, own.read, before))))
    return null
  const [key, now] = [ops.scalarOf(ops.key(read)), shown(ops.elementsOf(list))]
  const appended = shown(own.appended.map((each) => ops.scalarOf(each)))
  if (isFirst) return `appended ${appended} to ${key} and then read it as ${now}`
  return `read ${key} as ${shown(ops.elementsOf(own.read))}${own.appended.length > 0 ? `, appended ${appended},` : ''} and then read it as ${now}`
}

/** The same for a register: the last value written or read before; undefined if the operation is the first on its key. */
export const ownValue = (ops: readonly MicroOp[], at: number): Scalar | null | undefined => {
  const key = (ops[at] as MicroOp)[1]
  return ops.slice(0, at).findLast(([, name]) => name === key)?.[2] as Scalar | null | undefined
}
