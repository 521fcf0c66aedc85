import { describe, expect, it } from 'vitest'
import type { Operation } from '../../api/history.ts'
import type { PlannedFault } from '../../api/nemesis.ts'
import type { RunVerdict } from '../../api/verdict.ts'
import { bareRecord } from '../../store/run-store.ts'
import { REGISTER } from '../../vocabularies/register.ts'
import type { Judged } from './format.ts'
import { outputFormats } from './formats.ts'
import { historyFormats } from './history-formats.ts'

const HISTORY: readonly Operation[] = [
  { index: 0, timeNs: 1, process: 0, type: 'invoke', f: 'write', value: { key: 1, value: 2 } },
  {
    index: 1,
    timeNs: 2,
    process: 0,
    type: 'info',
    f: 'write',
    value: { key: 1, value: 2 },
    error: 'a "b", c',
  },
]

const verdict: RunVerdict = {
  status: 'invalid',
  summary: 'Stale read.',
  outsideClaims: false,
  counts: { ok: 1, fail: 0, info: 1 },
  faults: { planned: 0, injected: 0, effective: 0 },
  verdicts: [
    {
      checker: 'linearizability',
      status: 'invalid',
      promise: { text: 'read: linearizable', source: 'its author' },
      summary: 'Stale read.',
      evidence: [{ title: 'Key 1', text: 'p0 |-- read --|', operations: [0], page: { file: 'key-1.html' } }],
      details: {},
    },
  ],
  notes: ['The last line was torn.'],
  impact: null,
}

const plannedFault = (id: string): PlannedFault => ({
  ...{ id, nemesis: 'kill', model: 'kill', kind: 'kill', label: 'kill', colour: 'red' },
  ...{ atNs: 1, durationNs: 1, intent: {} },
})

const judged: Judged = { verdict, record: bareRecord(HISTORY) }

const render = (format: string, what: Judged, isTerminal = false): string =>
  outputFormats[format]?.render(what, { isTerminal }) ?? ''

describe('a verdict', () => {
  it('as text says what was judged, what was found and where the pages are', () => {
    const text = render('text', { ...judged, folder: 'pages' })
    expect(text).toMatch(/^INVALID {2}Stale read\.\n/)
    expect(text).toContain('promised: read: linearizable (its author)')
    expect(text).toContain('    p0 |-- read --|')
    expect(text).toContain('interactive page: pages/key-1.html')
    expect(text).toContain('note: The last line was torn.')
    expect(render('text', judged)).not.toContain('look around')
  })

  it('as text shows the most frequent errors with counts and nodes, and the notes', () => {
    const errors = Array.from({ length: 10 }, (_, i) => ({
      source: 'client' as const,
      message: `message ${i}`,
      count: 1198 - i,
      nodes: ['n1', 'n2'],
    }))
    const text = render('text', {
      ...judged,
      verdict: { ...verdict, errors, notes: ['Nothing was judged.'] },
    })
    expect(text).toContain('  errors       1198 × client (n1, n2): message 0\n')
    expect(text).toContain('message 7')
    expect(text).not.toContain('message 8')
    expect(text).toContain('and 2 other messages')
    expect(text).toContain('note: Nothing was judged.')
  })

  it('as text shows the faults of some minutes, and how many more a day had', () => {
    const faultsOf = (count: number): string =>
      render('text', {
        ...judged,
        record: {
          ...judged.record,
          faults: Array.from({ length: count }, (_, i) => ({
            planned: plannedFault(`kill-${i + 1}`),
            victims: ['n1'],
            effects: [],
            effective: false,
          })),
        },
      })
    expect(faultsOf(50)).toContain('kill-50')
    expect(faultsOf(50)).not.toContain('more')
    expect(faultsOf(2000)).not.toContain('kill-51')
    expect(faultsOf(2000)).toContain('    and 1950 more\n')
  })

  it('has colours on a terminal only', () => {
    expect(render('text', judged, true)).toContain('\x1b[31mINVALID')
    expect(render('text', judged)).not.toContain('\x1b')
  })

  it('as JSON is verdict.json, and for a run also its folder and report', () => {
    expect(JSON.parse(render('json', judged))).toEqual(verdict)
    const ofRun = { ...judged, folder: 'results/a', reportFile: 'results/a/report.html' }
    expect(JSON.parse(render('json', ofRun))).toEqual({
      runDir: 'results/a',
      reportFile: 'results/a/report.html',
      ...verdict,
    })
  })
})

describe('a history', () => {
  const encode = (format: string): string =>
    historyFormats[format]?.encode(bareRecord(HISTORY), REGISTER) ?? ''

  it('as CSV quotes fields that contain commas or quotes', () => {
    const [header, first, second] = encode('csv').split('\n')
    expect(header).toBe('index,timeNs,process,type,f,value,node,error,meta')
    expect(first).toBe('0,1,0,invoke,write,"{""key"":1,""value"":2}",,,')
    expect(second).toContain('"a ""b"", c"')
  })

  it('as CSV keeps all digits of whole numbers', () => {
    const [invocation] = HISTORY as [Operation]
    const history = [{ ...invocation, value: { key: 1, value: 12345678901234567890n } }]
    expect(historyFormats.csv?.encode(bareRecord(history), REGISTER)).toContain(
      '"{""key"":1,""value"":12345678901234567890}"',
    )
  })

  it('as JSON Lines has a header and one operation per line; as EDN one map per line', () => {
    expect(encode('jsonl').trim().split('\n')).toHaveLength(1 + HISTORY.length)
    expect(encode('edn')).toContain(':type :invoke')
  })
})
