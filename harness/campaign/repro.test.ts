import { describe, expect, it } from 'vitest'
import type { Finding } from '../api/finding.ts'
import type { RunVerdict, Status } from '../api/verdict.ts'
import type { RunEnd } from './outcome.ts'
import { isReproduced, reproOf } from './repro.ts'
import { type Repetition, repetitionOf, type Wanted } from './trial.ts'

const finding = (fingerprint: string, firstAtNs: number | null, excuse: string | null = null): Finding => ({
  fingerprint,
  checker: 'linearizability',
  promise: 'read: linearizable',
  source: 'its author',
  anomaly: 'stale read',
  sentence: `Sentence of ${fingerprint}.`,
  count: 1,
  operations: [],
  firstAtNs,
  faults: [],
  nodes: [],
  excuse,
})

const WANTED: Wanted = finding('a', 5)

const end = (status: Status, findings: readonly Finding[], checker: Status = status): RunEnd => ({
  exitCode: 0,
  verdict: {
    status,
    summary: status,
    verdicts: [{ checker: 'linearizability', status: checker }],
  } as unknown as RunVerdict,
  findings: { status, headline: status, findings },
  lastWords: '',
})

const repeated = (what: RunEnd): Repetition => repetitionOf(what, [WANTED], null, 1000)
const resultOf = (what: RunEnd): unknown => repeated(what).results.a

describe('a repetition', () => {
  it('shows the finding by its fingerprint', () => {
    expect(resultOf(end('invalid', [finding('a', 7)]))).toBe('shown')
    expect(resultOf(end('invalid', [finding('b', 7)]))).toBe('not shown')
    expect(resultOf(end('valid', []))).toBe('not shown')
  })

  it('does not show it where it is not held against the cluster any more', () =>
    expect(resultOf(end('unknown', [finding('a', 7, 'outside the claims')]))).toBe('nothing proved'))

  it('proves nothing where it failed, was unknown, or its checker was undecided', () => {
    expect(
      resultOf({ exitCode: 253, verdict: null, findings: null, lastWords: 'The cluster did not start.' }),
    ).toBe('nothing proved')
    expect(resultOf(end('unknown', [], 'valid'))).toBe('nothing proved')
    expect(resultOf(end('invalid', [finding('b', 7)], 'unknown'))).toBe('nothing proved')
  })
})

describe('repro', () => {
  it('counts the runs that could tell, and the median time of the evidence', () => {
    const runs = [
      end('invalid', [finding('a', 9), finding('b', 1)]),
      end('valid', []),
      end('unknown', []),
      end('invalid', [finding('a', 3)]),
      end('invalid', [finding('a', 4)]),
    ]
    const repro = reproOf('run', 5, [WANTED], runs.map(repeated))
    expect(repro.findings).toMatchObject([
      { rate: { shown: 3, runs: 4 }, nothingProved: 1, medianFirstEvidenceNs: 4 },
    ])
    expect(repro.others).toEqual([{ fingerprint: 'b', sentence: 'Sentence of b.', runs: 1 }])
    expect(isReproduced(repro)).toBe(true)
  })

  it('is not reproduced by other findings', () =>
    expect(isReproduced(reproOf('run', 1, [WANTED], [repeated(end('invalid', [finding('b', 1)]))]))).toBe(
      false,
    ))
})
