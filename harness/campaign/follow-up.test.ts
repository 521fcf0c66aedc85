import { describe, expect, it } from 'vitest'
import { caseResult } from '../testing/campaigns.ts'
import { failsAgain, foundIn, huntedIn, runsToFollow, shrinkTarget } from './follow-up.ts'
import { rateOf } from './rate.ts'
import type { CaseResult } from './result.ts'
import type { Repetition, TrialResult } from './trial.ts'

const failing = (
  name: string,
  fingerprints: readonly string[],
  change: Partial<CaseResult> = {},
): CaseResult =>
  caseResult({
    name,
    outcome: 'violation',
    findings: fingerprints.map((fingerprint) => ({ fingerprint, sentence: '' })),
    runDir: `/results/${name}`,
    ...change,
  })

const followed = (results: readonly CaseResult[], known = {}): readonly string[] =>
  runsToFollow(results, known).map(({ runDir }) => runDir)

const repetition = (
  results: Readonly<Record<string, TrialResult>>,
  atNs: number | null = null,
): Repetition => ({
  outcome: 'violation',
  why: '',
  findings: Object.keys(results).map((fingerprint, at) => ({
    fingerprint,
    sentence: '',
    firstAtNs: atNs === null ? null : atNs + at,
  })),
  results,
  runDir: null,
  durationMs: 1,
})

describe('runs to follow up', () => {
  it('are the first of each case that shows something new', () => {
    const again = failing('a', ['f'], { seed: 2, runDir: '/results/a2' })
    expect(followed([caseResult(), failing('a', ['f']), again])).toEqual(['/results/a'])
    expect(followed([failing('a', ['f'])], { f: '2026-01-01' })).toEqual([])
    expect(followed([failing('a', ['f', 'g'])], { f: '2026-01-01' })).toEqual(['/results/a'])
  })

  it('are one for each cluster, whatever its cases are', () => {
    expect(followed([failing('a', ['f']), failing('b', ['f'])])).toEqual(['/results/a'])
    const bug = { choice: { target: 'raft', bug: 'stale-read' } }
    expect(followed([failing('a', ['f']), failing('b', ['f'], bug)])).toEqual(['/results/a', '/results/b'])
    expect(followed([failing('a', ['f']), failing('b', ['f', 'g'])])).toEqual(['/results/a', '/results/b'])
  })

  it('are none of a run that left nothing', () =>
    expect(followed([failing('a', ['f'], { runDir: null })])).toEqual([]))
})

describe('a run that is repeated', () => {
  it('fails again with any of its findings, as soon as the first of them shows', () =>
    expect(
      failsAgain({
        repetitions: [
          repetition({ f: 'shown', g: 'not shown' }, 10),
          repetition({ f: 'shown', g: 'shown' }, 30),
          repetition({ f: 'not shown', g: 'shown' }, 19),
          repetition({ f: 'not shown', g: 'not shown' }),
        ],
      }),
    ).toEqual({ rate: rateOf(3, 4), nothingProved: 0, medianFirstEvidenceNs: 20 }))

  it('is not counted where nothing was proved of one finding, and the others did not show', () =>
    expect(
      failsAgain({
        repetitions: [
          repetition({ f: 'nothing proved', g: 'not shown' }),
          repetition({ f: 'nothing proved', g: 'shown' }),
          repetition({ f: 'not shown', g: 'not shown' }),
        ],
      }),
    ).toEqual({ rate: rateOf(1, 2), nothingProved: 1, medianFirstEvidenceNs: null }))
})

describe('a hunt', () => {
  const results = [
    caseResult({ name: 'a', durationMs: 10 }),
    caseResult({ name: 'b', durationMs: 5 }),
    failing('a', ['f'], { durationMs: 20 }),
    failing('a', ['f'], { durationMs: 40 }),
    caseResult({ name: 'b', outcome: 'vacuous', durationMs: 7 }),
  ]

  it('says of each case how often it failed, and after which time', () => {
    const followUp = { name: 'a', runDir: '/results/a', again: null, smallest: null, problems: [] }
    expect(huntedIn(results, [followUp])).toEqual([
      { name: 'a', runs: 3, failed: 2, tookMs: 30, followUp },
      { name: 'b', runs: 2, failed: 0, tookMs: 12, followUp: null },
    ])
  })

  it('has found what is expected of a case, and not what is missing of it, nor what proved nothing', () => {
    const expected = ['lost element']
    const found = foundIn([
      ...results,
      caseResult({ name: 'c', expected }),
      caseResult({ name: 'd', expected, outcome: 'missing' }),
      caseResult({ name: 'e', outcome: 'not recovered' }),
      caseResult({ name: 'f', outcome: 'target set-up' }),
    ])
    expect([...found].sort()).toEqual(['a', 'c', 'e'])
  })
})

describe('what a run is made smaller for', () => {
  const finding = (fingerprint: string, shown: number, medianFirstEvidenceNs: number | null = null) => ({
    fingerprint,
    anomaly: '',
    sentence: '',
    rate: rateOf(shown, 5),
    nothingProved: 0,
    medianFirstEvidenceNs,
  })

  it('is the finding that shows most often, at about its rate', () => {
    expect(shrinkTarget({ findings: [finding('a', 2), finding('b', 5), finding('c', 5)] })).toEqual({
      fingerprint: 'b',
      atLeast: 75,
    })
    expect(
      shrinkTarget({ findings: [finding('late', 5, 9e9), finding('early', 5, 2e9), finding('unknown', 5)] }),
    ).toEqual({ fingerprint: 'early', atLeast: 75 })
    expect(shrinkTarget({ findings: [finding('a', 1)] })).toEqual({ fingerprint: 'a', atLeast: 15 })
  })

  it('is nothing where none shows again', () => {
    expect(shrinkTarget({ findings: [finding('a', 0)] })).toBe('never shows')
  })
})
