/** The error for an unknown name: it suggests the nearest known name and lists all of them. */
import { UserError } from '../support/assert.ts'

/** Edit distance between two words (Levenshtein 1966). */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const substitute = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(substitute, (row[j] as number) + 1, (next[j - 1] as number) + 1))
    }
    row = next
  }
  return row[b.length] as number
}

/** Up to this many edits, a name is treated as a misspelling. */
const NEAR = 2

/** ` Did you mean <near>?`; empty if no known name is near. */
export const hintAt = (name: string, known: readonly string[]): string => {
  const near = known
    .filter((candidate) => distance(name, candidate) <= NEAR)
    .toSorted((a, b) => distance(name, a) - distance(name, b))[0]
  return near === undefined ? '' : ` Did you mean ${near}?`
}

/** @param kind the kind of thing, for the sentence: `There is no <kind> named <name>.` */
export const unknownName = (kind: string, name: string, known: readonly string[]): UserError =>
  new UserError(
    `There is no ${kind} named ${name}.${hintAt(name, known)} Known: ${known.join(', ') || 'none'}.`,
  )

/** The entry of that name in a table. @throws UserError if there is none */
export const lookUp = <T>(kind: string, table: Readonly<Record<string, T>>, name: string): T => {
  const found = Object.hasOwn(table, name) ? table[name] : undefined
  if (found === undefined) throw unknownName(kind, name, Object.keys(table))
  return found
}
