/**
 * Finds the first bad one in a list of versions by halving. It assumes that all good ones come before all bad ones: of what it
 * does not test, nothing is known.
 */

export type Judgement = 'good' | 'bad' | 'undecided'

/** By their position in the list. */
export type Bisected =
  | { readonly type: 'found'; readonly lastGood: number; readonly firstBad: number }
  /** The assumption does not hold at an end of the list. */
  | { readonly type: 'first is bad' | 'last is good' }
  | { readonly type: 'undecided'; readonly at: number }

/** @param count at least 2 @param judge is asked at most once for each */
export const bisect = async (count: number, judge: (at: number) => Promise<Judgement>): Promise<Bisected> => {
  const last = count - 1
  const atEnd = await judge(last)
  if (atEnd !== 'bad') return atEnd === 'good' ? { type: 'last is good' } : { type: 'undecided', at: last }
  const atBegin = await judge(0)
  if (atBegin !== 'good') return atBegin === 'bad' ? { type: 'first is bad' } : { type: 'undecided', at: 0 }
  let [lastGood, firstBad] = [0, last]
  while (firstBad - lastGood > 1) {
    const at = Math.floor((lastGood + firstBad) / 2)
    const judgement = await judge(at)
    if (judgement === 'undecided') return { type: 'undecided', at }
    if (judgement === 'bad') firstBad = at
    else lastGood = at
  }
  return { type: 'found', lastGood, firstBad }
}
