import { describe, expect, it } from 'vitest'
import type { FaultRecord, Sample } from '../../harness/api/record.ts'
import type { TransactionReport } from '../../harness/api/target.ts'
import type { Verdict } from '../../harness/api/verdict.ts'
import { recordOf } from '../../harness/testing/record.ts'
import { atomicCommitment } from './atomic-commitment.ts'
import { CLAIMS, provenFault } from './testing/records.ts'

type Parts = Partial<TransactionReport>

const report = (parts: Parts): TransactionReport => ({
  id: 'n1.1.7',
  coordinator: 'n1',
  participants: ['n1', 'n2'],
  ...parts,
})

/** What nodes told, one sample each second: `[node, report]`. */
const told = (...each: readonly (readonly [string, ...Parts[]])[]): readonly Sample[] =>
  each.map(([node, ...parts], i) => ({
    timeNs: i * 1e9,
    node,
    status: { role: 'unknown', transactions: parts.map(report) },
  }))

const recorded = (samples: readonly Sample[], faults: readonly FaultRecord[] = []) =>
  recordOf({ history: [], samples, faults, claims: { ...CLAIMS, atomicCommitment: true } })

const judge = (samples: readonly Sample[], faults?: readonly FaultRecord[]): Promise<Verdict> =>
  atomicCommitment.check(recorded(samples, faults), new AbortController().signal)

const YES = { vote: 'yes' } as const
const NO = { vote: 'no', decision: 'abort', why: 'locked' } as const
const COMMIT = { vote: 'yes', decision: 'commit' } as const
const ABORT = { vote: 'yes', decision: 'abort' } as const

describe('a transaction', () => {
  it.each([
    ['commits everywhere', told(['n1', YES], ['n2', YES], ['n1', COMMIT], ['n2', COMMIT])],
    ['is aborted, because one voted no', told(['n1', NO], ['n2', ABORT])],
    [
      'is aborted, because a vote did not come',
      told(['n1', { ...ABORT, why: 'timeout' }], ['n2', { ...ABORT, why: 'timeout' }]),
    ],
    ['is aborted where not all have voted', told(['n1', { decision: 'abort' }], ['n2', ABORT])],
    ['is still in doubt on one node', told(['n1', COMMIT], ['n2', { ...YES, inDoubtMs: 500 }])],
    ['is none of another one', told(['n1', COMMIT, { ...NO, id: 'n1.1.8' }])],
  ])('that %s is as it must be', async (_, samples) => {
    expect(await judge(samples)).toMatchObject({ status: 'valid' })
  })

  it.each([
    [
      'AC1: participants decide differently',
      told(['n1', COMMIT], ['n2', { ...ABORT, why: 'alone' }]),
      'n1 decided commit, n2 abort',
    ],
    [
      'AC2: decision reversed',
      told(['n1', COMMIT], ['n2', COMMIT], ['n1', { ...ABORT, why: 'unknown' }]),
      'n1 decided commit, and then abort',
    ],
    ['vote changed', told(['n1', YES], ['n1', { vote: 'no' }], ['n2', ABORT]), 'n1 voted yes, and then no'],
    [
      'AC3: commit without all votes',
      told(['n1', { vote: 'no' }], ['n2', COMMIT]),
      'n1 voted no, n2 decided commit',
    ],
    [
      'AC4: abort without a reason',
      told(['n1', YES], ['n2', YES], ['n1', ABORT]),
      'all voted yes, and n1 decided abort',
    ],
  ])('%s', async (anomaly, samples, what) => {
    const { status, evidence } = await judge(samples)
    expect(status).toBe('invalid')
    const shown = evidence.find((each) => each.anomaly === anomaly)
    expect(shown?.view).toMatchObject({ kind: 'table' })
    expect(shown?.text).toContain(`n1.1.7: ${what}`)
  })
})

describe('who is in doubt', () => {
  const waits = (inDoubtMs: number) => ({ ...YES, inDoubtMs })
  const blocked = told(['n1', COMMIT], ['n2', waits(100)], ['n2', waits(1100)], ['n2', waits(2100)])

  it('is told, for how long, and because of what, though nothing is broken', async () => {
    const kill = provenFault({ id: 'kill-1', model: 'kill', victims: ['n1'], fromS: 0.5, toS: 4 })
    const other = provenFault({ id: 'kill-2', model: 'kill', victims: ['n9'], fromS: 0.5, toS: 4 })
    const { status, summary, details, evidence } = await judge(blocked, [other, kill])
    expect(status).toBe('valid')
    expect(details).toMatchObject({ inDoubtLong: 1, longestInDoubtMs: 2100 })
    const said = `n2 about n1.1.7 for 2.100 s (coordinator n1; ${kill.planned.nemesis} of n1)`
    expect(summary).toContain(`longest in doubt: ${said}`)
    expect(evidence).toMatchObject([{ text: said, isAllowed: true }])
  })

  it('still waits after it has started again', async () => {
    const samples = told(['n1', COMMIT], ['n2', waits(900)], ['n1', COMMIT], ['n2', waits(10)])
    expect((await judge(samples)).details).toMatchObject({ longestInDoubtMs: 2900 })
  })

  it('may have no fault to blame', async () =>
    expect((await judge(blocked)).summary).toContain('coordinator n1; no fault of its nodes'))

  it('proves nothing alone', async () =>
    expect((await judge(told(['n2', waits(100)]))).status).toBe('unknown'))
})

describe('what cannot be judged', () => {
  it('is left out where no node tells', () => {
    const silent = recordOf({
      history: [],
      samples: [{ timeNs: 0, node: 'n1', status: { role: 'leader' } }],
    })
    expect(atomicCommitment.applies?.(silent)).toBe(false)
    expect(atomicCommitment.applies?.(recorded(told(['n1', COMMIT])))).toBe(true)
  })

  it('is an assumption where nobody claims it', async () => {
    const unclaimed = recordOf({ history: [], samples: told(['n1', COMMIT]), claims: CLAIMS })
    const { promise } = await atomicCommitment.check(unclaimed, new AbortController().signal)
    expect(promise.assumed?.toClaim).toContain('atomicCommitment')
  })
})
