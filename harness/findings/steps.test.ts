import { describe, expect, it } from 'vitest'
import type { RunFacts } from '../api/record.ts'
import { partition, record, stale } from '../testing/broken-run.ts'
import { historyOf } from '../testing/steps.ts'
import { evidenceOf, runVerdictOf, verdictOf } from '../testing/verdicts.ts'
import { stepsOf } from './steps.ts'

describe('steps', () => {
  it('are in the order of time, with the begin and the end of faults between them', () => {
    const view = {
      kind: 'linearization',
      key: '4',
      order: [],
      blocked: 2,
      from: { states: [], others: 0 },
      attempts: [],
      omitted: 0,
    } as const
    const found = stepsOf(
      record({ faults: [partition(10.5, 12.2), partition(30, 40, 'later')] }),
      stale({ view }),
    )
    expect(found?.steps.map(({ timeNs, kind, text }) => `${timeNs / 1e9} ${kind} ${text}`)).toEqual([
      '10 invoke process 0 at n1: write {"key":4,"value":1}',
      '10.5 fault-begins partition-3 (n1 | n2 n3) begins: 4 packets dropped',
      '11 complete process 0 at n1: write ok {"key":4,"value":1}',
      '12 invoke process 1 at n2: read {"key":4}',
      '12.2 fault-ends partition-3 (n1 | n2 n3) is healed',
      '12.41 complete process 1 at n2: read ok {"key":4,"value":null} <- no order explains this answer',
    ])
  })

  it('begin with the fault that had ended last, if none was in force', () => {
    const faults = [partition(1, 2, 'a'), partition(1, 5, 'b'), partition(3, 4, 'c')]
    const found = stepsOf(record({ faults }), stale())
    expect(found?.steps.flatMap((step) => ('fault' in step ? [step.fault, step.kind] : []))).toEqual([
      'b',
      'fault-begins',
      'b',
      'fault-ends',
    ])
  })

  it('are bounded, and say how many operations and faults are left out', () => {
    const history = historyOf(
      Array.from(
        { length: 50 },
        (_, process) => [process, 'invoke', 'read', { key: 'k'.repeat(1e6) }] as const,
      ),
    )
    const named = history.map((operation) => ({ ...operation, node: 'n'.repeat(1e6) }))
    const faults = Array.from({ length: 30 }, (_, n) => partition(0, undefined, `cut-${n}`))
    const operations = history.map(({ index }) => index)
    const found = stepsOf(record({ history: named, faults }), stale({ operations }))
    expect(found).toMatchObject({ omittedOperations: 30, omittedFaults: 10 })
    expect(found?.steps).toHaveLength(20 + 20)
    expect(JSON.stringify(found).length).toBeLessThan(20_000)
  })

  it('show when the state of nodes told it, if no operation does', () => {
    const verdict = runVerdictOf([
      verdictOf({ evidence: [evidenceOf([], { atNs: 12e9, text: 'two leaders' })] }),
    ])
    const found = stepsOf(record({ faults: [partition(11, 20)] }), verdict)
    expect(found?.steps.map(({ kind }) => kind)).toEqual(['fault-begins', 'shown'])
    expect(found?.steps[1]?.text).toBe('two leaders')
  })

  it('tell the last right and the first wrong report of an odd node in full, and what happened to it between', () => {
    const long = `${'x'.repeat(900)} the end`
    const odd = {
      node: 'n1',
      good: { timeNs: 5e9, text: 'in term 3' },
      bad: { timeNs: 12e9, text: long },
    }
    const facts = {
      endings: [4, 7, 13].map((s) => ({
        node: 'n1',
        timeNs: s * 1e9,
        process: 'raft',
        lastWords: `at ${s}`,
      })),
    } as unknown as RunFacts
    const elsewhere = { ...partition(11, 20, 'elsewhere'), victims: ['n3'] }
    const faults = [partition(6, 11.5, 'cut'), elsewhere]
    const verdict = runVerdictOf([verdictOf({ evidence: [evidenceOf([], { odd: [odd] })] })])
    const found = stepsOf(record({ faults, facts }), verdict)
    expect(found?.steps.map(({ timeNs, text }) => `${timeNs / 1e9} ${text}`)).toEqual([
      '5 n1: in term 3 (still right)',
      expect.stringContaining('6 cut (n1 | n2 n3) begins'),
      '7 n1: raft ends by itself: at 7',
      '11.5 cut (n1 | n2 n3) is healed',
      `12 n1: ${long} <- wrong`,
    ])
  })

  it('are those of the first wrong row, where the evidence is a table', () => {
    const rows = [
      { cells: ['fine'], operations: [0] },
      { cells: ['lost'], operations: [2], mark: 'lost' },
    ]
    const view = { kind: 'table', columns: ['key'], rows, omitted: 0, fine: 0 } as const
    const found = stepsOf(record(), stale({ view }))
    expect(found?.steps.map((step) => ('operation' in step ? step.operation : null))).toEqual([2, 2])
  })

  it('are none where nothing was broken, or nothing of it is in the history', () => {
    expect(stepsOf(record(), runVerdictOf([]))).toBeNull()
    expect(stepsOf(record(), runVerdictOf([verdictOf({ evidence: [evidenceOf([77])] })]))).toBeNull()
  })
})
