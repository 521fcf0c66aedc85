import { describe, expect, it } from 'vitest'
import { caseResult } from '../testing/campaigns.ts'
import { knownAfter, memoryAfter, PASSES, type Remembered, remindersOf, seenIn } from './memory.ts'
import type { OutcomeName } from './outcome.ts'
import type { CaseResult } from './result.ts'

const result = (name: string, outcome: OutcomeName, fingerprint?: string, remembered?: string): CaseResult =>
  caseResult({
    name,
    choice: { target: 'raft', nemesis: 'kill', plan: 'steady', nodes: 3 },
    expected: ['stale read'],
    outcome,
    findings: fingerprint === undefined ? [] : [{ fingerprint, sentence: `${fingerprint}.` }],
    runDir: `/results/${name}`,
    ...(remembered === undefined ? {} : { remembered }),
  })

const entry = (id: string, passes = 0): Remembered => ({
  id,
  suite: 's',
  name: 'a',
  choice: { target: 'raft', nemesis: 'kill' },
  seed: 1,
  expected: ['stale read'],
  fingerprints: ['f'],
  passes,
})

describe('findings', () => {
  it('are told from known ones, and the new ones come first', () => {
    const results = [
      result('a', 'violation', 'old'),
      result('b', 'violation', 'new'),
      result('c', 'violation', 'old'),
    ]
    const seen = seenIn(results, { old: '2025-12-31' })
    expect(seen.map(({ fingerprint, knownSince, runs }) => [fingerprint, knownSince, runs.length])).toEqual([
      ['new', null, 1],
      ['old', '2025-12-31', 2],
    ])
    expect(knownAfter({ old: '2025-12-31' }, seen, 'now')).toEqual({ old: '2025-12-31', new: 'now' })
  })
})

describe('remembered plans', () => {
  it('are those of failing runs, once for each case and its findings', () => {
    const results = [
      result('a', 'violation', 'f'),
      { ...result('a', 'violation', 'f'), seed: 2 },
      result('b', 'not recovered', 'g'),
      result('c', 'undecided'),
      result('d', 'harness fault'),
    ]
    const { added } = memoryAfter([], 's', results)
    expect(added.map(({ entry: { name, seed } }) => [name, seed])).toEqual([
      ['a', 1],
      ['b', 1],
    ])
    // As they were drawn, and with what may show.
    expect(added[0]?.entry).toMatchObject({ choice: { nodes: 3 }, expected: ['stale read'] })
    expect(memoryAfter([entry('x')], 's', [result('a', 'violation', 'f')]).added).toEqual([])
  })

  it('are dropped after they have passed often enough in a row', () => {
    const passed = (before: number, outcome: OutcomeName): readonly Remembered[] =>
      memoryAfter([entry('x', before)], 's', [result('again x: a', outcome, undefined, 'x')]).kept
    expect(passed(0, 'passed')[0]?.passes).toBe(1)
    expect(passed(PASSES - 1, 'passed')).toEqual([])
    expect(passed(PASSES - 1, 'violation')[0]?.passes).toBe(0)
    expect(passed(PASSES - 1, 'vacuous')[0]?.passes).toBe(PASSES - 1)
    expect(memoryAfter([entry('x', 3)], 's', []).kept[0]?.passes).toBe(3)
  })

  it('repeat the recorded faults where there were some, and belong to one suite', () => {
    const [again] = remindersOf([entry('x')], 's', (id) => `/corpus/${id}`)
    expect(again?.expected).toEqual(['stale read'])
    expect(again).toMatchObject({ choice: { target: 'raft', faults: '/corpus/x' }, remembered: 'x' })
    expect(again?.choice).not.toHaveProperty('nemesis')
    expect(remindersOf([entry('x')], 's', () => null)[0]?.choice).toMatchObject({ nemesis: 'kill' })
    expect(remindersOf([entry('x')], 'other', () => null)).toEqual([])
  })
})
