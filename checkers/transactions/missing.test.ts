/** Committed reads: what the level allows and forbids, and what is missing for good. */
import { describe, expect, it } from 'vitest'
import type { Claims } from '../../harness/api/claims.ts'
import type { Operation } from '../../harness/api/history.ts'
import type { FaultRecord, RunSpec } from '../../harness/api/record.ts'
import type { Verdict } from '../../harness/api/verdict.ts'
import { recordOf } from '../../harness/testing/record.ts'
import { LIST_APPEND } from '../../harness/vocabularies/transactions.ts'
import { provedAlready } from '../beginning.ts'
import { listAppend } from './checker.ts'
import { historyOf } from './testing/notation.ts'

const CLAIMS: Claims = {
  source: 'its documentation',
  consistency: { [LIST_APPEND.name]: 'committed-reads' },
  tolerates: {},
}
const SPEC = { nodes: 2, nemeses: [] } as unknown as RunSpec

/** Process 0 is at the first node, process 1 at the second, and so on by turns. */
const atNodes = (history: readonly Operation[]): readonly Operation[] =>
  history.map((each) => ({ ...each, node: `n${1 + (Number(each.process) % 2)}` }))

const judged = (text: string, faults: readonly FaultRecord[] = []): Promise<Verdict> => {
  const history = atNodes(historyOf(text, LIST_APPEND))
  const record = recordOf({ history, vocabulary: LIST_APPEND, claims: CLAIMS, spec: SPEC, faults })
  return listAppend.check(record, new AbortController().signal)
}

const anomaliesOf = ({ details }: Verdict): readonly string[] =>
  Object.keys(details.anomalies as Record<string, number>)

describe('committed reads', () => {
  it.each([
    ['writes that interleave', '0 ok ax1 ay1 | 1 ok ax2 ay2\n0 ok rx12 ry21\n1 ok rx12 ry21', 'G0'],
    ['own appends that are not read', '0 ok ax1 rx\n0 ok rx1\n1 ok rx1', 'internal'],
    ['half of a transaction, for a time', '0 ok ax1 ay1 | 1 ok rx1 ry\n0 ok rx1 ry1\n1 ok rx1 ry1', 'OTV'],
    ['old reads', '0 ok ax1\n1 ok rx\n0 ok rx1\n1 ok rx1', 'G-single-realtime'],
  ])('allow %s', async (_, text, anomaly) => {
    const verdict = await judged(text)
    expect(anomaliesOf(verdict)).toContain(anomaly)
    expect(verdict.status).toBe('valid')
  })

  it.each([
    ['an aborted read', '0 fail ax1\n1 ok rx1', 'G1a'],
    ['an intermediate read', '0 ok ax1 ax2 | 1 ok rx1\n0 ok rx12\n1 ok rx12', 'G1b'],
    ['two orders of one list', '0 ok ax1 | 1 ok ax2\n0 ok rx12\n1 ok rx21', 'incompatible-order'],
    ['an append twice', '0 ok ax1\n0 ok rx11\n1 ok rx11', 'duplicate-elements'],
    ['what nobody appended', '0 ok ax1\n0 ok rx17\n1 ok rx17', 'garbage-read'],
  ])('forbid %s', async (_, text, anomaly) => {
    const verdict = await judged(text)
    expect(anomaliesOf(verdict)).toContain(anomaly)
    expect(verdict.status).toBe('invalid')
  })
})

const LOST = '0 ok ax1 | 1 ok ay2\n0 ok rx ry2\n1 ok rx ry2'
const TORN = '0 ok ax1 ay1\n0 ok rx1 ry\n1 ok rx1 ry'

describe('what is missing for good', () => {
  it('is lost, if nothing of a committed transaction is left', async () => {
    const verdict = await judged(LOST)
    expect(verdict.status).toBe('invalid')
    expect(anomaliesOf(verdict)).toContain('lost-append')
    const shown = verdict.evidence.find(({ anomaly }) => anomaly === 'lost-append')
    expect(shown?.text).toContain('T1 appended 1 to x, and when all was over the last reads')
    expect(shown?.isMissing).toBe(true)
  })

  it.each([
    ['committed', TORN],
    ['in doubt', TORN.replace('0 ok ax1 ay1', '2 info ax1 ay1')],
  ])('is torn, if a part of a transaction that is %s is left', async (_, text) => {
    const verdict = await judged(text)
    expect(verdict.status).toBe('invalid')
    expect(anomaliesOf(verdict)).toContain('torn-transaction')
    expect(verdict.evidence.find(({ anomaly }) => anomaly === 'torn-transaction')?.text).toContain(
      'they do show its append of 1 to x',
    )
  })

  it.each([
    ['of a transaction in doubt', LOST.replace('0 ok ax1', '2 info ax1')],
    ['to one node only', '0 ok ax1 | 1 ok ay2\n0 ok rx ry2\n1 ok rx1 ry2'],
    ['as long as only one node has answered', '0 ok ax1 | 1 ok ay2\n0 ok rx ry2\n0 ok rx ry2'],
    ['as long as something changes', '0 ok ax1 | 1 ok ay2\n0 ok rx ry2\n1 ok rx ry2\n0 ok az3'],
    ['if it was not read', '0 ok ax1 | 1 ok ay2\n0 ok ry2\n1 ok ry2'],
  ])('is not what is missing %s', async (_, text) => {
    const verdict = await judged(text)
    expect(anomaliesOf(verdict)).not.toContain('lost-append')
    expect(verdict.status).toBe('valid')
  })

  it('is not told before all faults are over, nor of histories of others, nor of a beginning', async () => {
    const open = {
      planned: { id: 'f1' },
      injectedAtNs: 1,
      victims: [],
      effects: [],
    } as unknown as FaultRecord
    expect((await judged(LOST, [open])).status).toBe('valid')
    const history = historyOf(LOST, LIST_APPEND)
    const imported = recordOf({ history, vocabulary: LIST_APPEND, claims: CLAIMS })
    expect((await listAppend.check(imported, new AbortController().signal)).status).toBe('valid')
    expect(provedAlready(await judged(LOST)).status).toBe('unknown')
  })
})
