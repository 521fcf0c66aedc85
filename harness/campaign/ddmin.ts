/**
 * Delta debugging: the algorithm ddmin of Zeller and Hildebrandt ("Simplifying and isolating failure-inducing input", IEEE
 * TSE 28, 2002). It finds a subset that fails and of which no single element can be left out (1-minimal), if the oracle is
 * right. With an oracle that may err, the result fails as surely as the last decision that accepted it.
 */

/** Whether a subset fails. It must decide the same for the same subset. */
export type Oracle<T> = (subset: readonly T[]) => Promise<boolean>

/** `parts` slices of about the same length, none empty. */
const split = <T>(items: readonly T[], parts: number): readonly (readonly T[])[] =>
  Array.from({ length: parts }, (_, at) =>
    items.slice(Math.floor((at * items.length) / parts), Math.floor(((at + 1) * items.length) / parts)),
  )

const firstThatFails = async <T>(
  subsets: readonly (readonly T[])[],
  fails: Oracle<T>,
): Promise<readonly T[] | null> => {
  for (const subset of subsets) if (await fails(subset)) return subset
  return null
}

/** @param items of which it is known that they fail together */
export const ddmin = async <T>(items: readonly T[], fails: Oracle<T>): Promise<readonly T[]> => {
  let rest = items
  let parts = 2
  while (rest.length >= 2) {
    const slices = split(rest, parts)
    const smaller = await firstThatFails(slices, fails)
    if (smaller !== null) {
      rest = smaller
      parts = 2
      continue
    }
    // Of two halves, each is the complement of the other.
    const complements = parts === 2 ? [] : slices.map((slice) => rest.filter((each) => !slice.includes(each)))
    const without = await firstThatFails(complements, fails)
    if (without !== null) {
      rest = without
      parts = Math.max(parts - 1, 2)
      continue
    }
    if (parts >= rest.length) break
    parts = Math.min(rest.length, 2 * parts)
  }
  return rest.length === 1 && (await fails([])) ? [] : rest
}
