/**
 * For each of `laters`, the latest of `earlier` before it that none of them has yet, by its position; undefined: there is none.
 * Both ascend. Each is looked at once: there may be many thousands.
 *
 * @param slack one that comes later by no more than this counts as before
 */
export const latestBefore = (
  earlier: readonly number[],
  laters: readonly number[],
  slack: number,
): readonly (number | undefined)[] => {
  const waiting: number[] = []
  let next = 0
  return laters.map((later) => {
    while (next < earlier.length && (earlier[next] as number) <= later + slack) waiting.push(next++)
    return waiting.pop()
  })
}
