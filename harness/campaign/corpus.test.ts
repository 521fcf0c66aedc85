import { describe, expect, it } from 'vitest'
import type { KnownBug } from '../api/corpus.ts'
import type { Finding } from '../api/finding.ts'
import { EXIT_CODES } from '../support/exit-codes.ts'
import { caseResult } from '../testing/campaigns.ts'
import { type CorpusRun, corpusCases, corpusExitCode, corpusRows } from './corpus.ts'
import type { OutcomeName } from './outcome.ts'

const bug: KnownBug = {
  id: 'kv-7',
  system: 'kv',
  affected: '1.0',
  fixed: '1.1',
  link: 'https://example.org/7',
  what: 'An acknowledged write is lost.',
  kind: 'bug',
  by: 'ordinary run',
  run: { target: 'kv', targetOpts: 'version=1.0', nemesis: 'kill' },
  control: { targetOpts: 'version=1.1' },
  finds: ['lost write'],
  beyondDefaults: null,
}

const finding = (anomaly: string, firstAtNs: number | null, excuse: string | null = null): Finding => ({
  fingerprint: '0123456789abcdef',
  checker: 'linearizability',
  promise: 'linearizable',
  source: 'its documentation',
  anomaly,
  sentence: 'It was broken.',
  count: 1,
  operations: [],
  firstAtNs,
  faults: [],
  nodes: [],
  excuse,
})

const run = (name: string, outcome: OutcomeName, findings: readonly Finding[] | null = []): CorpusRun => ({
  result: caseResult({ name, outcome }),
  findings:
    findings === null
      ? null
      : {
          status: findings.some(({ excuse }) => excuse === null) ? 'invalid' : 'unknown',
          headline: '',
          findings,
        },
})

const found = (ms: number): CorpusRun => run('kv-7', 'passed', [finding('lost write', ms * 1e6)])
const missed = run('kv-7', 'missing')
const good = run('kv-7 control', 'passed')

describe('the cases of the corpus', () => {
  it('are the affected version, which must show the finding, and the control, which must be valid', () => {
    const cases = corpusCases([bug, { ...bug, id: 'kv-8', control: null }], [1, 2], true)
    expect(cases.map(({ name, seed }) => `${name}/${seed}`)).toEqual([
      ...['kv-7/1', 'kv-7 control/1', 'kv-8/1'],
      ...['kv-7/2', 'kv-7 control/2', 'kv-8/2'],
    ])
    expect(cases[0]).toMatchObject({ choice: { targetOpts: 'version=1.0' }, expected: ['lost write'] })
    expect(cases[1]).toMatchObject({
      choice: { target: 'kv', targetOpts: 'version=1.1', nemesis: 'kill' },
      expected: [],
    })
    expect(corpusCases([bug], [1], false)).toHaveLength(1)
  })
})

describe('a known bug', () => {
  const outcome = (runs: readonly CorpusRun[], of = bug): string | undefined =>
    corpusRows([of], runs)[0]?.outcome

  it('is found again if the affected version shows it often and the control never', () => {
    const [row] = corpusRows([bug], [found(300), found(100), found(200), missed, missed, good, good])
    expect(row).toMatchObject({
      outcome: 'found again',
      found: 3,
      runs: 5,
      firstEvidenceNs: 200e6,
      others: ['missing', 'missing'],
      controls: ['passed', 'passed'],
    })
    expect(outcome([found(1), missed, good])).toBe('seldom')
    expect(outcome([missed, good])).toBe('not found')
  })

  it('proves nothing where the control is not shown to be valid', () => {
    for (const bad of ['violation', 'undecided', 'vacuous', 'harness fault'] as const)
      expect(outcome([found(1), good, run('kv-7 control', bad)])).toBe('control failed')
    expect(outcome([found(1)])).toBe('without control')
    expect(outcome([found(1)], { ...bug, control: null })).toBe('reproduced')
  })

  it('is not found by another finding, nor by one that is excused', () => {
    expect(outcome([run('kv-7', 'violation', [finding('stale read', 1)]), good])).toBe('not found')
    const excused = run('kv-7', 'undecided', [finding('lost write', 1, 'outside the claims')])
    expect(outcome([excused, good])).toBe('not found')
    expect(outcome([excused, good], { ...bug, kind: 'by design' })).toBe('demonstrated')
    expect(outcome([run('kv-7', 'harness fault', null), good])).toBe('not found')
  })

  it('that was not run has no row, and a time that nobody knows is none', () => {
    expect(corpusRows([bug, { ...bug, id: 'kv-8' }], [found(1)])).toHaveLength(1)
    expect(corpusRows([bug], [run('kv-7', 'passed', [finding('lost write', null)])])[0]).toMatchObject({
      found: 1,
      firstEvidenceNs: null,
    })
  })

  it('gives the exit code: a control that failed counts most', () => {
    const code = (...runs: readonly CorpusRun[]): number => corpusExitCode(corpusRows([bug], runs))
    expect(code(found(1), good)).toBe(EXIT_CODES.valid)
    expect(code(missed, good)).toBe(EXIT_CODES.missing)
    expect(code(found(1), run('kv-7 control', 'violation'))).toBe(EXIT_CODES.invalid)
    expect(code()).toBe(EXIT_CODES.unknown)
  })
})
