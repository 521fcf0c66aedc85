import { describe, expect, it } from 'vitest'
import type { Claims } from '../../harness/api/claims.ts'
import type { Link } from '../../harness/api/nemesis.ts'
import type { FaultRecord, RunRecord } from '../../harness/api/record.ts'
import type { Verdict } from '../../harness/api/verdict.ts'
import type { Vocabulary } from '../../harness/api/vocabulary.ts'
import { recordOf } from '../../harness/testing/record.ts'
import { EFFECTS } from '../../harness/vocabularies/effects.ts'
import { ELECTION } from '../../harness/vocabularies/election.ts'
import { REGISTER } from '../../harness/vocabularies/register.ts'
import { sides, sidesOf } from './sides.ts'
import { CLAIMS, fault, judge, sample } from './testing/records.ts'

describe('sides', () => {
  const NODES = ['n1', 'n2', 'n3']
  const cut = ['n2', 'n3'].flatMap((other) => [
    { from: 'n1', to: other },
    { from: other, to: 'n1' },
  ])
  const partition = (links?: readonly Link[]): FaultRecord => ({
    ...fault('partition', 0, 10_000),
    planned: { ...fault('partition', 0, 10_000).planned, durationNs: 9e9 },
    effects: [{ effective: true, summary: '', measurements: {}, ...(links === undefined ? {} : { links }) }],
  })
  const samples = NODES.map((node) => sample(0, node, {}))
  const asked = (
    node: string,
    f: string,
    type: 'ok' | 'fail' | 'info',
    servedBy?: string,
  ): RunRecord['history'] => {
    const base = { process: 0, f, value: { key: 1 }, node } as const
    return [
      { ...base, index: 0, timeNs: 3e9, type: 'invoke' },
      { ...base, index: 1, timeNs: 4e9, type, ...(servedBy === undefined ? {} : { meta: { servedBy } }) },
    ]
  }
  const judgeSides = (
    history: RunRecord['history'],
    minority: Claims['minority'] = 'refuse',
    vocabulary: Vocabulary = REGISTER,
  ): Promise<Verdict> =>
    judge(sides, {
      history,
      vocabulary,
      samples,
      faults: [partition(cut)],
      claims: { ...CLAIMS, minority },
      services: { sink: [] },
    })

  it('what is answered once the heal may have begun proves nothing', async () => {
    const late = asked('n1', 'write', 'ok').map((operation) => ({
      ...operation,
      timeNs: operation.timeNs + 5.5e9,
    }))
    expect(await judgeSides(late)).toMatchObject({ status: 'valid' })
  })

  it('a fault that cut no link has none', () => {
    const applies = (...faults: readonly FaultRecord[]): boolean | undefined =>
      sides.applies?.(recordOf({ history: asked('n1', 'write', 'ok'), samples, faults }))
    expect(applies(partition())).toBe(false)
    expect(applies(partition(cut))).toBe(true)
  })

  it("to tell of the cluster's own affairs is to serve nothing", async () => {
    const told = { status: 'valid', details: { 'minority not asked': 1 } }
    expect(await judgeSides(asked('n1', 'leader', 'ok'), 'refuse', ELECTION)).toMatchObject(told)
    expect(await judgeSides(asked('n1', 'ledger', 'ok'), 'refuse', EFFECTS)).toMatchObject(told)
  })

  it('are the sets of nodes that reach each other both ways', () => {
    expect(sidesOf(NODES, new Set(cut.map(({ from, to }) => `${from}>${to}`)))).toEqual([
      ['n1'],
      ['n2', 'n3'],
    ])
    expect(sidesOf(NODES, new Set(['n1>n2', 'n1>n3']))).toEqual([['n1'], ['n2', 'n3']])
    expect(sidesOf(NODES, new Set(['n1>n2', 'n2>n1']))).toEqual([['n1', 'n2', 'n3']])
  })

  it.each([
    ['a minority that refuses', asked('n1', 'write', 'fail'), 'refuse', 'valid', 'minority fail-closed'],
    ['a minority that hangs', asked('n1', 'write', 'info'), 'refuse', 'valid', 'minority hung'],
    ['a majority that serves', asked('n2', 'write', 'ok'), 'refuse', 'valid', 'majority available'],
    [
      'a minority asked, the majority answers',
      asked('n1', 'write', 'ok', 'n2'),
      'refuse',
      'valid',
      'majority available',
    ],
    [
      'a minority asked, the sink beside the cluster answers',
      asked('n1', 'enter', 'ok', 'sink'),
      'refuse',
      'valid',
      'minority not asked',
    ],
    [
      'a minority that reads, which it may',
      asked('n1', 'read', 'ok'),
      'serve-reads',
      'valid',
      'minority read-only',
    ],
    [
      'a minority that reads, which it should not',
      asked('n1', 'read', 'ok'),
      'refuse',
      'invalid',
      'minority fail-open',
    ],
    ['a minority that writes', asked('n1', 'write', 'ok'), 'serve-reads', 'invalid', 'minority fail-open'],
  ] as const)('%s', async (_, history, minority, status, behaviour) => {
    expect(await judgeSides(history, minority)).toMatchObject({ status, details: { [behaviour]: 1 } })
  })
})
