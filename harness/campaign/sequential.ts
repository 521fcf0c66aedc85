/**
 * The sequential probability ratio test of Wald ("Sequential tests of statistical hypotheses", 1945): runs are repeated only
 * until their results tell whether a case fails often or seldom. What fails always, or never, is decided after few runs.
 */

export interface SequentialTest {
  /** A case fails often if at least this share of its runs shows the finding. */
  readonly often: number
  /** It fails seldom if at most this share does. Between the two, either decision is right. */
  readonly seldom: number
  /** The probability at most that a case that fails seldom is called often, and one that fails often seldom. */
  readonly error: number
  /** Without a decision after so many runs, the case counts as failing seldom. */
  readonly mostRuns: number
}

/** How much rarer a case must fail to be told from one that fails often. */
const RATIO = 5

/** @param often from 0 to 1, both excluded */
export const sequentialTest = (often: number, error: number, mostRuns: number): SequentialTest => ({
  often,
  seldom: often / RATIO,
  error,
  mostRuns,
})

export type Decision = 'often' | 'seldom'

/** How much the logarithm of the likelihood ratio changes with each run, and where it decides. */
const stepsOf = ({ often, seldom, error }: SequentialTest) => ({
  shown: Math.log(often / seldom),
  notShown: Math.log((1 - often) / (1 - seldom)),
  bound: Math.log((1 - error) / error),
})

/** Null: more runs are needed. @param shown whether each run showed the finding, in the order in which the runs began */
export const decisionOf = (shown: readonly boolean[], test: SequentialTest): Decision | null => {
  const steps = stepsOf(test)
  let ratio = 0
  for (const each of shown) {
    ratio += each ? steps.shown : steps.notShown
    if (ratio >= steps.bound) return 'often'
    if (ratio <= -steps.bound) return 'seldom'
  }
  return shown.length >= test.mostRuns ? 'seldom' : null
}

/** The number of runs that may decide: so many can go side by side without one of them being for nothing. */
export const fewestToDecide = (shown: readonly boolean[], test: SequentialTest): number => {
  for (let more = 1; ; more++) {
    const all = (each: boolean): Decision | null =>
      decisionOf([...shown, ...Array<boolean>(more).fill(each)], test)
    if (all(true) !== null || all(false) !== null) return more
  }
}
