/**
 * Limits of what a page draws: a view is stored in the verdict, and a value of the cluster may be a megabyte long. With all
 * limits reached, a view has less than 200 kB.
 */

/** Characters of one text of a view. */
const MOST_CHARACTERS = 160
/** Characters of all rows of a table, or of all steps of an order. */
const MOST_OF_ALL = 100_000

export const clipped = (text: string): string =>
  text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS - 3)}...` : text

/** How many of these, from the first on, there is room for. */
export const roomFor = <T>(items: readonly T[], most: number, sizeOf: (item: T) => number): number => {
  let size = 0
  for (const [at, item] of items.entries()) {
    size += sizeOf(item)
    if (at === most || size > MOST_OF_ALL) return at
  }
  return items.length
}
