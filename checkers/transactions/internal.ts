/** Whether the reads of a transaction agree with its own earlier operations. */
import type { Scalar } from '../../harness/vocabularies/values.ts'
import type { MicroOp } from './micro-op.ts'

/** What a transaction knows about a key from its own earlier operations. */
export interface Own {
  /** What it read last; null if it had not read the key yet. */
  readonly read: readonly Scalar[] | null
  /** What it has appended since then. */
  readonly appended: readonly Scalar[]
}

/** Null if the operation is the first on its key. */
export const ownAppends = (ops: readonly MicroOp[], at: number): Own | null => {
  const key = (ops[at] as MicroOp)[1]
  let appended: Scalar[] | null = null
  for (let i = at - 1; i >= 0; i--) {
    const [f, name, value] = ops[i] as MicroOp
    if (name !== key) continue
    if (f === 'r') {
      if (value !== null) return { read: value as readonly Scalar[], appended: appended ?? [] }
    } else {
      appended ??= []
      appended.unshift(value as Scalar)
    }
  }
  return appended === null ? null : { read: null, appended }
}

const shown = (list: readonly Scalar[]): string => JSON.stringify(list)

/** The contradiction in words; null if there is none. */
export const checkInternal = (ops: readonly MicroOp[], at: number, own: Own): string | null => {
  const [, key, value] = ops[at] as MicroOp
  const list = value as readonly Scalar[]
  const tail = list.slice(Math.max(0, list.length - own.appended.length))
  const fits = tail.length === own.appended.length && tail.every((element, i) => element === own.appended[i])
  if (own.read === null)
    return fits ? null : `appended ${shown(own.appended)} to ${key} and then read it as ${shown(list)}`
  const expected = [...own.read, ...own.appended]
  const isSame = list.length === expected.length && list.every((element, i) => element === expected[i])
  if (isSame) return null
  return `read ${key} as ${shown(own.read)}${own.appended.length > 0 ? `, appended ${shown(own.appended)},` : ''} and then read it as ${shown(list)}`
}

/** The same for a register: the last value written or read before; undefined if the operation is the first on its key. */
export const ownValue = (ops: readonly MicroOp[], at: number): Scalar | null | undefined => {
  const key = (ops[at] as MicroOp)[1]
  return ops.slice(0, at).findLast(([, name]) => name === key)?.[2] as Scalar | null | undefined
}
