/**
 * Delta debugging: finds a subset that fails and of which no single element can be left out (1-minimal), if the oracle is
 * right. With an oracle that may err, the result fails as surely as the last decision that accepted it.
 *
 * It is the algorithm ddmin of Zeller and Hildebrandt ("Simplifying and isolating failure-inducing input", IEEE TSE 28, 2002)
 * without its tests of single slices, which 1-minimality does not need (Hodován and Kiss, "Practical improvements to the
 * minimizing delta debugging algorithm", ICSOFT 2016). A test costs minutes here, and one slice of many seldom fails alone.
 */

/** Whether a subset fails. It must decide the same for the same subset. */
export type Oracle<T> = (subset: readonly T[]) => Promise<boolean>

/** Leaves out slices of this size, the first of them first, where the rest still fails. */
const leaveOut = async <T>(items: readonly T[], size: number, fails: Oracle<T>): Promise<readonly T[]> => {
  let rest = items
  let at = 0
  while (at < rest.length) {
    const others = rest.toSpliced(at, size)
    if (await fails(others)) rest = others
    else at += size
  }
  return rest
}

/** @param items of which it is known that they fail together, the ones most likely to be needed last */
export const ddmin = async <T>(items: readonly T[], fails: Oracle<T>): Promise<readonly T[]> => {
  let rest = items
  for (let size = Math.ceil(items.length / 2); size > 1; size = Math.ceil(size / 2))
    rest = await leaveOut(rest, size, fails)
  for (;;) {
    const smaller = await leaveOut(rest, 1, fails)
    if (smaller.length === rest.length) return rest
    rest = smaller
  }
}
