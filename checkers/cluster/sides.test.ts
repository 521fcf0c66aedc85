import { describe, expect, it } from 'vitest'
import type { Claims } from '../../harness/api/claims.ts'
import type { Operation } from '../../harness/api/history.ts'
import type { Link } from '../../harness/api/nemesis.ts'
import type { FaultRecord, RunFacts, RunRecord, RunSpec } from '../../harness/api/record.ts'
import type { RunVerdict, Verdict } from '../../harness/api/verdict.ts'
import type { Vocabulary } from '../../harness/api/vocabulary.ts'
import { type RecordParts, recordOf } from '../../harness/testing/record.ts'
import { EFFECTS } from '../../harness/vocabularies/effects.ts'
import { ELECTION } from '../../harness/vocabularies/election.ts'
import { REGISTER } from '../../harness/vocabularies/register.ts'
import { WATCH } from '../../harness/vocabularies/watch.ts'
import { composeVerdict } from '../compose.ts'
import { sidesOf } from './partitions.ts'
import { sides } from './sides.ts'
import { CLAIMS, fault, sample } from './testing/records.ts'

const NODES = ['n1', 'n2', 'n3']
/** n1 alone against n2 and n3. */
const CUT = ['n2', 'n3'].flatMap((other) => [
  { from: 'n1', to: other },
  { from: other, to: 'n1' },
])
const ID = 'partition-1'

/** In force from 0 to 10 s; the heal begins at 9 s. */
const partition = (links: readonly Link[] | undefined = CUT, effective = true): FaultRecord => {
  const effect = { summary: '', measurements: {}, ...(links === undefined ? {} : { links }) }
  return {
    ...fault('partition', 0, 10_000),
    planned: { ...fault('partition', 0, 10_000).planned, id: ID, durationNs: 9e9 },
    effects: [
      { ...effect, effective },
      { ...effect, effective: true },
    ],
  }
}

interface Asked {
  readonly node?: string
  readonly f?: string
  readonly type?: 'ok' | 'fail' | 'info'
  /** Undefined: the answer does not say it. */
  readonly servedBy?: string | undefined
  readonly fromS?: number
  readonly toS?: number
}

/** The history of one call, and of the partition that was proved at 1 s and healed from 9 s on. */
const historyOf = ({
  node = 'n1',
  f = 'write',
  type = 'ok',
  servedBy,
  fromS = 3,
  toS = 4,
}: Asked): readonly Operation[] => {
  const call = { process: 0, f, value: { key: 1 }, node } as const
  const nemesis = { process: 'nemesis', value: { id: ID } } as const
  const events: Omit<Operation, 'index'>[] = [
    { ...nemesis, timeNs: 0, type: 'invoke', f: 'inject' },
    { ...nemesis, timeNs: 1e9, type: 'ok', f: 'inject' },
    { ...nemesis, timeNs: 9e9, type: 'invoke', f: 'heal' },
    { ...call, timeNs: fromS * 1e9, type: 'invoke' },
    { ...call, timeNs: toS * 1e9, type, ...(servedBy === undefined ? {} : { meta: { servedBy } }) },
  ]
  return events.sort((a, b) => a.timeNs - b.timeNs).map((event, index) => ({ ...event, index }))
}

const recordWith = (asked: Asked, parts: RecordParts = {}): RunRecord =>
  recordOf({
    history: historyOf(asked),
    vocabulary: REGISTER,
    samples: NODES.map((node) => sample(0, node, {})),
    faults: [partition()],
    claims: CLAIMS,
    spec: { nodes: 3, nemeses: [] } as unknown as RunSpec,
    services: { sink: [] },
    ...parts,
  })

const claiming = (minority: Claims['minority']): RecordParts => ({
  claims: { ...CLAIMS, ...(minority === undefined ? {} : { minority }) },
})

const compose = (asked: Asked, parts: RecordParts = {}): Promise<RunVerdict> =>
  composeVerdict([sides], recordWith(asked, parts), new AbortController().signal)

/** The verdict of `sides`; undefined: it did not judge. */
const judged = async (asked: Asked, parts: RecordParts = {}): Promise<Verdict | undefined> =>
  (await compose(asked, parts)).verdicts[0]

describe('sides of a partition', () => {
  it('are the sets of nodes that reach each other in both directions', () => {
    expect(sidesOf(NODES, new Set(CUT.map(({ from, to }) => `${from}>${to}`)))).toEqual([
      ['n1'],
      ['n2', 'n3'],
    ])
    expect(sidesOf(NODES, new Set(['n1>n2', 'n1>n3']))).toEqual([['n1'], ['n2', 'n3']])
    expect(sidesOf(NODES, new Set(['n1>n2', 'n2>n1']))).toEqual([['n1', 'n2', 'n3']])
  })

  it('do not exist if the fault cut no link during all of it', async () => {
    expect(await compose({ servedBy: 'n1' }, { faults: [partition([])] })).toMatchObject({
      verdicts: [],
      notes: [],
    })
  })
})

describe('what a minority does, where it is claimed', () => {
  it.each([
    ['it refuses', { type: 'fail' }, 'refuse', 'valid', 'minority fail-closed'],
    ['it hangs', { type: 'info' }, 'refuse', 'valid', 'minority hung'],
    ['it reads, which it may', { f: 'read', servedBy: 'n1' }, 'serve-reads', 'valid', 'minority read-only'],
    ['it reads, which it may not', { f: 'read', servedBy: 'n1' }, 'refuse', 'invalid', 'minority fail-open'],
    ['it writes', { servedBy: 'n1' }, 'serve-reads', 'invalid', 'minority fail-open'],
  ] as const)('%s', async (_, asked, minority, status, behaviour) => {
    const verdict = await judged(asked, claiming(minority))
    expect(verdict).toMatchObject({ status, details: { [behaviour]: 1 } })
  })

  it('names the operations that it served', async () => {
    const verdict = await judged({ servedBy: 'n1' })
    const [evidence] = verdict?.evidence ?? []
    const operations = evidence?.operations.map((index) => historyOf({})[index])
    expect(operations).toMatchObject([{ f: 'write', type: 'invoke', process: 0 }])
  })
})

it('a minority that a cut keeps from its coordinator is judged, one that reaches it is not', async () => {
  const facts = { services: ['arbiter'] } as unknown as RunFacts
  const apart = [...CUT, { from: 'n1', to: 'arbiter' }, { from: 'arbiter', to: 'n1' }]
  expect(await judged({ servedBy: 'n1' }, { facts, faults: [partition(apart)] })).toMatchObject({
    status: 'invalid',
  })
  expect(await judged({ servedBy: 'n1' }, { facts })).toBeUndefined()
})

describe('what is told and not judged', () => {
  const write: Asked = { servedBy: 'n1' }
  it.each([
    [
      'nothing is claimed',
      write,
      { claims: { source: '', consistency: {}, tolerates: {} } },
      'claims nothing',
    ],
    ['it claims to serve everything', write, claiming('serve-all'), 'serve-all is claimed'],
    ['it asks a coordinator', write, claiming('ask-coordinator'), 'ask-coordinator is claimed'],
    [
      'a service beside the cluster may have allowed it',
      write,
      { facts: { services: ['arbiter', 'sink'] } as unknown as RunFacts },
      'arbiter beside the cluster',
    ],
    ['the answer does not name its node', {}, {}, 'no answer named the node'],
    ['the majority answered', { servedBy: 'n2' }, {}, 'no minority was asked'],
    ['a service answered', { f: 'enter', servedBy: 'sink' }, {}, 'no minority was asked'],
    [
      'it began before the cut was proved',
      { servedBy: 'n1', fromS: 0.5, toS: 4 },
      {},
      'no minority was asked',
    ],
    ['it began while a lease may have held', { servedBy: 'n1', fromS: 1.2 }, {}, 'no minority was asked'],
    ['it ended after the heal had begun', { servedBy: 'n1', toS: 9.5 }, {}, 'no minority was asked'],
    ['no measurement proved the cut', write, { faults: [partition(CUT, false)] }, 'was proved'],
  ] as const)('%s', async (_, asked, parts, why) => {
    const { verdicts, notes } = await compose(asked, parts)
    expect(verdicts).toEqual([])
    expect(notes).toEqual([expect.stringContaining('What a minority served was told and not judged')])
    expect(notes[0]).toContain(why)
  })

  it.each([
    ['an answer about the cluster itself', 'leader', ELECTION],
    ['a question about the backlog', 'ledger', EFFECTS],
    ['a delivery of what the node already had', 'watch', WATCH],
  ] as readonly (readonly [string, string, Vocabulary])[])('%s is no use', async (_, f, vocabulary) => {
    const { verdicts, impact } = await compose({ f, servedBy: 'n1' }, { vocabulary })
    expect(verdicts).toEqual([])
    expect(impact?.sides?.[0]?.sides.map(({ behaviour }) => behaviour)).toEqual(['not asked', 'not asked'])
  })

  it('what a side did is told in any case', async () => {
    const parts = { claims: { source: '', consistency: {}, tolerates: {} } }
    const { impact } = await compose({ servedBy: 'n1' }, parts)
    expect(impact?.sides).toMatchObject([
      { fault: ID, sides: [{ nodes: ['n1'], writes: 1, unattributed: 0 }, { nodes: ['n2', 'n3'] }] },
    ])
    expect((await compose({}, parts)).impact?.sides?.[0]?.sides[0]).toMatchObject({ unattributed: 1 })
  })
})
