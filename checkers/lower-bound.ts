/** Binary search. */

/** The first place from `low` to before `high` that is not before what is looked for; `high` if all are. */
export const firstPlace = (low: number, high: number, isBefore: (place: number) => boolean): number => {
  let [from, to] = [low, high]
  while (from < to) {
    const middle = (from + to) >>> 1
    if (isBefore(middle)) from = middle + 1
    else to = middle
  }
  return from
}

/** The first index whose `at` is not below the value; the length if there is none. `at` must be ascending. */
export const lowerBound = <T>(list: ArrayLike<T>, at: (item: T) => number, value: number): number =>
  firstPlace(0, list.length, (place) => at(list[place] as T) < value)

/** How many ascending times are in [fromNs, toNs). */
export const countIn = (timesNs: ArrayLike<number>, fromNs: number, toNs: number): number =>
  Math.max(0, lowerBound(timesNs, Number, toNs) - lowerBound(timesNs, Number, fromNs))
