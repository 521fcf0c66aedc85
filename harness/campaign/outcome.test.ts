import { describe, expect, it } from 'vitest'
import type { Finding } from '../api/finding.ts'
import type { RunVerdict, Status } from '../api/verdict.ts'
import { EXIT_CODES } from '../support/exit-codes.ts'
import { exitCodeOf, outcomeOf, type RunEnd } from './outcome.ts'

const found = (checker: string, anomaly: string, excuse: string | null = null): Finding => ({
  fingerprint: `${checker}-${anomaly}`,
  checker,
  promise: '',
  source: '',
  anomaly,
  sentence: `${anomaly} was found.`,
  count: 1,
  operations: [],
  firstAtNs: null,
  faults: [],
  nodes: [],
  excuse,
})

const judged = (status: Status, findings: readonly Finding[] = [], summary = ''): RunEnd => ({
  exitCode: EXIT_CODES[status],
  verdict: {
    status,
    summary,
    outsideClaims: false,
    counts: { ok: 1, fail: 0, info: 0 },
    faults: { planned: 0, injected: 0, effective: 0 },
    verdicts: [],
    notes: [],
    impact: null,
  } satisfies RunVerdict,
  findings: { status, headline: 'The headline.', findings },
  lastWords: '',
})

const failed = (exitCode: number | null, lastWords: string): RunEnd => ({
  exitCode,
  verdict: null,
  findings: null,
  lastWords,
})

const STALE = found('linearizability', 'stale read')
const LATE = found('recovery', 'not recovered')

describe('the outcome of a run', () => {
  it.each<readonly [string, RunEnd, readonly string[], string]>([
    ['valid', judged('valid'), [], 'passed'],
    ['a broken promise', judged('invalid', [STALE]), [], 'violation'],
    ['a cluster that does not come back', judged('invalid', [LATE]), [], 'not recovered'],
    ['both', judged('invalid', [LATE, STALE]), [], 'violation'],
    ['an invalid verdict whose findings cannot be read', judged('invalid'), [], 'violation'],
    ['what nobody promised', judged('unknown', [found('x', 'y', 'nobody promised it')]), [], 'undecided'],
    [
      'what is expected, although nobody promised it',
      judged('unknown', [found('x', 'y', 'nobody promised it')]),
      ['y'],
      'passed',
    ],
    ['too little', judged('unknown', [], 'Vacuous: no operation was ok.'), [], 'vacuous'],
    ['an undecided checker', judged('unknown', [], 'It took too long.'), [], 'undecided'],
    ['a cluster that does not start', failed(EXIT_CODES.targetFailed, 'n1 ended\n'), [], 'target set-up'],
    ['a crash', failed(EXIT_CODES.harnessFailed, 'oh'), [], 'harness fault'],
    ['a kill', failed(null, ''), [], 'harness fault'],
    ['the expected finding, by its anomaly', judged('invalid', [STALE]), ['stale read'], 'passed'],
    ['by its fingerprint', judged('invalid', [STALE]), ['linearizability-stale read'], 'passed'],
    ['by its checker', judged('invalid', [STALE]), ['linearizability'], 'passed'],
    ['any', judged('invalid', [STALE, LATE]), ['any'], 'passed'],
    ['another one besides', judged('invalid', [STALE, LATE]), ['stale read'], 'not recovered'],
    ['another one instead', judged('invalid', [LATE]), ['stale read'], 'not recovered'],
    ['nothing where something is expected', judged('valid'), ['stale read'], 'missing'],
    ['nothing proved where something is expected', judged('unknown'), ['any'], 'missing'],
  ])('%s', (_, end, expected, name) => expect(outcomeOf(end, expected).name).toBe(name))

  it('says why: the first finding, the headline, or the last words', () => {
    expect(outcomeOf(judged('invalid', [STALE]), []).why).toBe('stale read was found.')
    expect(outcomeOf(judged('unknown'), []).why).toBe('The headline.')
    expect(outcomeOf(failed(254, 'one\nfaultline: no room\n'), []).why).toBe('no room')
    const words =
      'faultline: n1 is not ready\nfaultline: The run could not be carried out (its folder: /r).\n'
    expect(outcomeOf(failed(253, words), []).why).toBe('n1 is not ready')
    expect(outcomeOf(failed(null, ' '), []).why).toBe('it was killed')
  })

  it('keeps only what was not expected', () =>
    expect(outcomeOf(judged('invalid', [STALE, LATE]), ['stale read']).findings).toEqual([
      { fingerprint: 'recovery-not recovered', sentence: 'not recovered was found.' },
    ]))
})

describe('the exit code of a suite', () => {
  it.each([
    [[], EXIT_CODES.unknown],
    [['passed'], 0],
    [['passed', 'vacuous'], EXIT_CODES.vacuous],
    [['vacuous', 'undecided'], EXIT_CODES.unknown],
    [['undecided', 'target set-up'], EXIT_CODES.targetFailed],
    [['target set-up', 'harness fault'], EXIT_CODES.harnessFailed],
    [['harness fault', 'not recovered'], EXIT_CODES.notRecovered],
    [['harness fault', 'violation', 'passed'], EXIT_CODES.invalid],
  ] as const)('of %j is %i', (names, code) => expect(exitCodeOf(names)).toBe(code))
})
