/** Places in lists: which is found by a value, and which are taken where there is no room for all. */

/** The index of the first value that is at least `value`. @param sorted ascending */
export const firstAtLeast = (sorted: ArrayLike<number>, value: number): number => {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((sorted[middle] as number) < value) low = middle + 1
    else high = middle
  }
  return low
}

/** Spreads the places 0, 1, 2 ... evenly: any beginning of this order is spread over all of them. */
export const spread = (place: number): number => Math.imul(place, 0x9e3779b1) >>> 0
