/** Short lists of numbers as states, compared by their elements. */

export const equalSequences = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((value, i) => value === b[i])

export const hashSequence = (values: readonly number[]): number => {
  let h = values.length
  for (const value of values) h = Math.imul(h ^ value, 0x9e3779b1) ^ (h >>> 15)
  return h
}

/** Inserts a value into an ascending list. */
export const insertSorted = (values: readonly number[], value: number): readonly number[] => {
  const at = values.findIndex((other) => other > value)
  return values.toSpliced(at === -1 ? values.length : at, 0, value)
}
