/** Short lists as states, compared by their elements; and names of objects and values in words. */
import type { Scalar } from './calls.ts'

/** Texts in quotes, so that `4` and `"4"` stay apart. */
export const inWords = (value: Scalar): string =>
  typeof value === 'string' ? JSON.stringify(value) : String(value)

/** The partition of an object by its name. */
export const partitionOf = (key: Scalar): string | number => (typeof key === 'number' ? key : inWords(key))

export const equalSequences = (a: readonly Scalar[], b: readonly Scalar[]): boolean =>
  a.length === b.length && a.every((value, i) => value === b[i])

const mix = (h: number, value: number): number => Math.imul(h ^ value, 0x9e3779b1) ^ (h >>> 15)

const hashOf = (value: Scalar): number => {
  if (typeof value === 'number') return value
  const text = String(value)
  let h = text.length
  for (let i = 0; i < text.length; i++) h = mix(h, text.charCodeAt(i))
  return h
}

export const hashSequence = (values: readonly Scalar[]): number => {
  let h = values.length
  for (const value of values) h = mix(h, hashOf(value))
  return h
}

/** Values of one type in their own order, types by their names: a total order, so that equal lists stay equal. */
const isAbove = (a: Scalar, b: Scalar): boolean => (typeof a === typeof b ? a > b : typeof a > typeof b)

/** Inserts a value into an ascending list. */
export const insertSorted = <T extends Scalar>(values: readonly T[], value: T): readonly T[] => {
  const at = values.findIndex((other) => isAbove(other, value))
  return values.toSpliced(at === -1 ? values.length : at, 0, value)
}
