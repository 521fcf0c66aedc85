/** Binary search. */

/** The first index whose `at` is not below the value; the length if there is none. `at` must be ascending. */
export const lowerBound = <T>(list: ArrayLike<T>, at: (item: T) => number, value: number): number => {
  let [low, high] = [0, list.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (at(list[middle] as T) < value) low = middle + 1
    else high = middle
  }
  return low
}

/** How many ascending times are in [fromNs, toNs). */
export const countIn = (timesNs: ArrayLike<number>, fromNs: number, toNs: number): number =>
  Math.max(0, lowerBound(timesNs, Number, toNs) - lowerBound(timesNs, Number, fromNs))
