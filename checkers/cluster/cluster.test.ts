/** Checkers of the cluster as a whole, each shown a record that it must pass and some that it must not. */
import { describe, expect, it } from 'vitest'
import type { Claims, FaultModel } from '../../harness/api/claims.ts'
import type { FaultRecord, RunFacts, RunRecord, RunSpec, Sample } from '../../harness/api/record.ts'
import type { NodeStatus } from '../../harness/api/target.ts'
import type { Verdict } from '../../harness/api/verdict.ts'
import type { Vocabulary } from '../../harness/api/vocabulary.ts'
import { pairOperations } from '../../harness/history/pairs.ts'
import { done, historyOf, judgeSteps, type Step } from '../../harness/testing/steps.ts'
import { EFFECTS } from '../../harness/vocabularies/effects.ts'
import { ELECTION } from '../../harness/vocabularies/election.ts'
import { REGISTER } from '../../harness/vocabularies/register.ts'
import { staleReads } from '../data/stale-reads.ts'
import { convergence } from './convergence.ts'
import { election } from './election.ts'
import { leadership } from './leadership.ts'
import { logs } from './logs.ts'
import { recovery as recoveryChecker } from './recovery.ts'
import { sides, sidesOf } from './sides.ts'

const CLAIMS: Claims = {
  source: 'the test',
  consistency: {},
  minority: 'refuse',
  tolerates: {},
  recoversWithinMs: 5000,
}

const fault = (model: FaultModel, fromMs: number, toMs: number): FaultRecord => ({
  planned: { id: 'f-1', nemesis: 'f', atNs: 0, durationNs: 1, model, intent: {} },
  victims: ['n1'],
  injectedAtNs: fromMs * 1e6,
  healedAtNs: toMs * 1e6,
  effects: [],
  bit: true,
})

const sample = (ms: number, node: string, status: Partial<NodeStatus> | null): Sample => ({
  timeNs: ms * 1e6,
  node,
  status: status === null ? null : { role: 'follower', ...status },
})

const judge = (
  checker: typeof leadership,
  parts: Partial<RunRecord>,
  steps: readonly Step[] = [],
): Promise<Verdict> =>
  judgeSteps(checker, steps, {
    vocabulary: REGISTER,
    claims: CLAIMS,
    spec: { nodes: 2 } as RunSpec,
    faults: [],
    ...parts,
  })

describe('leadership', () => {
  it.each([
    [
      'a leader a term',
      'valid',
      [
        sample(0, 'a', { role: 'leader', term: 1 }),
        sample(1, 'b', { term: 1, leader: 'a' }),
        sample(2, 'b', { role: 'leader', term: 2 }),
      ],
    ],
    [
      'two that lead in one term',
      'invalid',
      [sample(0, 'a', { role: 'leader', term: 3 }), sample(1, 'b', { role: 'leader', term: 3 })],
    ],
    [
      'a follower that knows another leader',
      'invalid',
      [sample(0, 'a', { role: 'leader', term: 3 }), sample(1, 'b', { term: 3, leader: 'c' })],
    ],
    [
      'a term that goes back',
      'invalid',
      [sample(0, 'a', { term: 3 }), sample(1, 'a', null), sample(2, 'a', { term: 2 })],
    ],
  ])('%s: %s', async (_, status, samples) => {
    expect(await judge(leadership, { samples })).toMatchObject({ status })
  })
})

it('leadership: a member that was taken out and added anew begins at term 0', async () => {
  const samples = [sample(0, 'n1', { term: 3 }), sample(20, 'n1', { term: 0 })]
  expect(await judge(leadership, { samples, faults: [fault('membership', 5, 15)] })).toMatchObject({
    status: 'valid',
  })
  expect(await judge(leadership, { samples, faults: [fault('kill', 5, 15)] })).toMatchObject({
    status: 'invalid',
  })
})

describe('convergence', () => {
  const at = (ms: number, node: string, digest: string): Sample => sample(ms, node, { digest, digestAt: 7 })
  it.each([
    [
      'equal after the heal',
      'valid',
      [at(10, 'a', 'x'), at(11, 'b', 'y'), at(200, 'a', 'z'), at(300, 'b', 'z')],
    ],
    [
      'equal before the heal alone',
      'invalid',
      [at(10, 'a', 'x'), at(11, 'b', 'x'), at(200, 'a', 'y'), at(9000, 'b', 'z')],
    ],
    ['not equal, but not for long', 'unknown', [at(200, 'a', 'y'), at(300, 'b', 'z')]],
    ['one that never answers', 'invalid', [at(200, 'a', 'y'), sample(9000, 'b', null)]],
  ])('%s: %s', async (_, status, samples) => {
    expect(await judge(convergence, { samples, faults: [fault('partition', 50, 100)] })).toMatchObject({
      status,
    })
  })
})

describe('logs', () => {
  it.each([
    ['nothing', 'valid', 'follower in term 2\n"initial-corrupt-check":false'],
    ['a panic of Go', 'invalid', 'I am well\npanic: runtime error: index out of range'],
    ['a data race', 'invalid', 'WARNING: DATA RACE'],
    ['an assertion', 'invalid', 'server.c:12: main: Assertion `x > 0` failed.'],
    ['corruption', 'invalid', 'the log is corrupt at offset 12'],
  ])('%s: %s', async (_, status, text) => {
    expect(await judge(logs, { logs: [{ node: 'a', text }] })).toMatchObject({ status })
  })

  it('a node that stops because its disk lies is shown, and does as it should', async () => {
    const parts = { logs: [{ node: 'a', text: 'the log is corrupt' }], faults: [fault('corruption', 1, 2)] }
    const verdict = await judge(logs, parts)
    expect(verdict.status).toBe('valid')
    expect(verdict.evidence[0]?.text).toContain('the log is corrupt')
  })
})

describe('sides', () => {
  const NODES = ['n1', 'n2', 'n3']
  const cut = 'n1>n2 n2>n1 n1>n3 n3>n1'
  const partition = (links: string): FaultRecord => ({
    ...fault('partition', 0, 10_000),
    planned: { ...fault('partition', 0, 10_000).planned, nemesis: 'partition', durationNs: 9e9 },
    effects: [{ bit: true, summary: '', measurements: { links } }],
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

  it("to tell of the cluster's own affairs is to serve nothing", async () => {
    const told = { status: 'valid', details: { 'minority not asked': 1 } }
    expect(await judgeSides(asked('n1', 'leader', 'ok'), 'refuse', ELECTION)).toMatchObject(told)
    expect(await judgeSides(asked('n1', 'ledger', 'ok'), 'refuse', EFFECTS)).toMatchObject(told)
  })

  it('are the sets of nodes that reach each other both ways', () => {
    expect(sidesOf(NODES, new Set(cut.split(' ')))).toEqual([['n1'], ['n2', 'n3']])
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

describe('stale reads', () => {
  const of = (...steps: readonly (readonly Step[])[]): readonly number[] =>
    [...staleReads(pairOperations(historyOf(steps.flat())))].map(({ index }) => index)
  const write = (value: number): readonly Step[] => done(0, 'write', { key: 1, value })
  const read = (value: number | null): readonly Step[] => done(1, 'read', { key: 1 }, { key: 1, value })
  const cas = (expected: number, next: number, applied: boolean): readonly Step[] =>
    done(0, 'cas', { key: 1, expected, next }, { applied })

  it.each([
    ['the newest value', [write(1), write(2), read(2)], []],
    ['an older value', [write(1), write(2), read(1)], [4]],
    ['nothing, although something was there', [write(1), read(null)], [2]],
    ['what a compare-and-set replaced', [write(1), cas(1, 2, true), read(1)], [4]],
    ['what a compare-and-set did not replace', [write(1), cas(7, 2, false), read(1)], []],
    ['a value that was written twice', [write(1), write(2), write(1), read(1)], []],
    ['a value that nobody surely wrote', [write(1), read(9)], []],
  ] as const)('%s', (_, steps, stale) => {
    expect(of(...steps)).toEqual(stale)
  })

  it('a write that is not over when the read begins may come after it', () => {
    expect(
      of(write(1), [
        [0, 'invoke', 'write', { key: 1, value: 2 }],
        ...read(1),
        [0, 'ok', 'write', { key: 1, value: 2 }],
      ]),
    ).toEqual([])
  })
})

describe('recovery', () => {
  const judgeRecovery = (recovery: RunFacts['recovery']): Promise<Verdict> =>
    judge(recoveryChecker, { facts: { recovery } as RunFacts })
  const late = { recoveredAfterMs: null, deadlineMs: 60_000 }

  it('a node that does not come back is held against the cluster, a service beside it is not', async () => {
    expect(await judgeRecovery({ ...late, notReady: ['n1'], servicesNotReady: [] })).toMatchObject({
      status: 'invalid',
    })
    expect(await judgeRecovery({ ...late, notReady: [], servicesNotReady: ['sink'] })).toMatchObject({
      status: 'unknown',
      summary:
        "Not judged: beside the cluster, sink did not come back, which is no failure of the cluster's (its log is kept with the run).",
    })
  })
})

describe('election', () => {
  const told = (process: number, leader: string | null, term: number): readonly Step[] =>
    done(process, 'leader', {}, { leader, term })
  const judgeTold = (
    steps: readonly (readonly Step[])[],
    samples: readonly Sample[] = [],
  ): Promise<Verdict> => judge(election, { samples }, steps.flat())

  it.each([
    ['one a term', 'valid', [told(0, 'n1', 1), told(1, 'n1', 1), told(0, 'n2', 2)], []],
    ['nobody known', 'valid', [told(0, null, 1), told(1, 'n1', 1)], []],
    ['two in one term', 'invalid', [told(0, 'n1', 1), told(1, 'n2', 1)], []],
    [
      'another than the node itself says',
      'invalid',
      [told(0, 'n1', 3)],
      [sample(5, 'n2', { role: 'leader', term: 3 })],
    ],
    ['a term that goes back', 'invalid', [told(0, 'n1', 3), told(0, 'n2', 2)], []],
    ['nobody asked', 'unknown', [], [sample(5, 'n2', { role: 'leader', term: 3 })]],
  ] as const)('%s: %s', async (_, status, steps, samples) => {
    expect(await judgeTold(steps, samples)).toMatchObject({ status })
  })

  it('two answers that overlap may come in any order', async () => {
    const steps: readonly Step[] = [
      [0, 'invoke', 'leader', {}],
      [1, 'invoke', 'leader', {}],
      [1, 'ok', 'leader', { leader: 'n2', term: 4 }],
      [0, 'ok', 'leader', { leader: 'n1', term: 3 }],
    ]
    expect(await judgeTold([steps])).toMatchObject({ status: 'valid' })
  })
})
