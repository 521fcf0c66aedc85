import { describe, expect, it } from 'vitest'
import { caseResult, suiteResult } from '../testing/campaigns.ts'
import { rankTest } from './rank-test.ts'
import type { CaseResult, Figures, SuiteResult } from './result.ts'
import { trendOfSuite } from './trend.ts'

/** `f`: a run that shows the finding f, `.`: one that passes, `?`: one that proves nothing. */
const resultsOf = (runs: string, name = 'a', figures?: Figures): readonly CaseResult[] =>
  [...runs].map((run, at) =>
    caseResult({
      name,
      seed: at,
      outcome: run === '.' ? 'passed' : run === '?' ? 'undecided' : 'violation',
      findings: run === '.' || run === '?' ? [] : [{ fingerprint: run, sentence: `${run}.` }],
      ...(figures === undefined ? {} : { figures }),
    }),
  )

const campaign = (day: number, results: readonly CaseResult[]): SuiteResult =>
  suiteResult(results, { startedAt: `2026-01-${String(day).padStart(2, '0')}T00:00:00.000Z` })

/** Each string is a campaign, a day after the one before. */
const trendOf = (...nights: readonly string[]): unknown =>
  trendOfSuite(nights.map((runs, at) => campaign(at + 1, resultsOf(runs)))).findings[0]

describe('the trend of a finding', () => {
  it.each([
    ['new', ['..', '.f'], { shown: 1, of: 1, since: 0 }],
    ['steady', ['ff', 'ff'], { shown: 4, of: 4, since: 0 }],
    ['flaky', ['f.', '.f'], { shown: 2, of: 4, since: 0 }],
    ['flaky', ['f.', 'f.'], { shown: 2, of: 4, since: 0 }],
    // Once in one run: its rate may be a half, so four runs without it say little, and five enough.
    ['flaky', ['f', '....'], { shown: 1, of: 1, since: 4 }],
    ['gone', ['f', '.....'], { shown: 1, of: 1, since: 5 }],
    ['gone', ['fffff', '..'], { shown: 5, of: 5, since: 2 }],
    // A rare one is not gone because it did not show for a night.
    ['flaky', ['f........f', '.....'], { shown: 2, of: 10, since: 5 }],
    // What proved nothing did not look.
    ['not looked for', ['f', '?????????'], { shown: 1, of: 1, since: 0 }],
  ] as const)('is %s in %j', (trend, nights, counts) =>
    expect(trendOf(...nights)).toMatchObject({ trend, ...counts }),
  )

  it('looks only at the cases that showed it', () => {
    const nights = [campaign(1, resultsOf('f', 'a')), campaign(2, resultsOf('........', 'b'))]
    expect(trendOfSuite(nights).findings[0]).toMatchObject({ trend: 'not looked for', cases: ['a'] })
  })

  it('takes campaigns by their time, in whatever order they come', () => {
    const nights = [campaign(2, resultsOf('f')), campaign(1, resultsOf('.'))]
    expect(trendOfSuite(nights).findings[0]).toMatchObject({
      trend: 'new',
      firstSeen: '2026-01-02T00:00:00.000Z',
    })
  })
})

const figures = (latencyP50Ms: number, availability: number | null = null): Figures => ({
  ...{ availability, recoveryMs: null, latencyP50Ms, latencyP99Ms: null },
})

const night = (day: number, values: readonly Figures[]): SuiteResult =>
  campaign(
    day,
    values.flatMap((each) => resultsOf('.', 'a', each)),
  )

const changeIn = (nights: readonly SuiteResult[], figure: keyof Figures): unknown =>
  trendOfSuite(nights).figures.find((each) => each.figure === figure)

describe('the trend of figures', () => {
  const slow = [20, 21, 22, 23, 24, 25].map((ms) => figures(ms, 0.5))
  const fast = [1, 2, 3, 4, 5, 6].map((ms) => figures(ms, 0.9))

  it('says what got worse and what got better', () => {
    expect(changeIn([night(1, fast), night(2, slow)], 'latencyP50Ms')).toEqual({
      case: 'a',
      figure: 'latencyP50Ms',
      now: { runs: 6, median: 23 },
      before: { runs: 6, median: 4 },
      change: 'worse',
    })
    expect(changeIn([night(1, slow), night(2, fast)], 'availability')).toMatchObject({ change: 'better' })
    expect(changeIn([night(1, fast), night(2, slow)], 'recoveryMs')).toBeUndefined()
  })

  it('claims nothing from too few runs, from chance, or from more than a week ago', () => {
    expect(changeIn([night(1, fast.slice(0, 4)), night(2, slow)], 'latencyP50Ms')).toMatchObject({
      change: 'too few',
    })
    expect(changeIn([night(1, fast), night(2, fast)], 'latencyP50Ms')).toMatchObject({ change: 'none shown' })
    const mixed = [...fast.slice(0, 3), ...slow.slice(0, 3)]
    expect(changeIn([night(1, fast), night(2, mixed)], 'latencyP50Ms')).toMatchObject({
      change: 'none shown',
    })
    expect(changeIn([night(1, fast), night(9, slow)], 'latencyP50Ms')).toMatchObject({
      before: { runs: 0, median: null },
    })
  })
})

describe('the rank test', () => {
  // By hand: ranks, U, its variance with ties, half a rank for continuity, and a table of the normal distribution.
  it.each([
    [[1, 2, 3, 4, 5], [6, 7, 8, 9, 10], 0.01219],
    [[1, 2, 3, 4, 5], [1, 2, 3, 4, 5], 1],
    [[1, 1, 1], [1, 1, 1], 1],
    [[1, 1, 2, 2, 3], [2, 3, 3, 4, 4], 0.0524],
  ])('of %j and %j', (a, b, p) => expect(rankTest(a, b)).toBeCloseTo(p, 2))
})
