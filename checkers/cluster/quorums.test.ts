import { describe, expect, it } from 'vitest'
import type { Claims } from '../../harness/api/claims.ts'
import type { Meta } from '../../harness/api/history.ts'
import type { Sample } from '../../harness/api/record.ts'
import type { Decision } from '../../harness/api/target.ts'
import type { Verdict } from '../../harness/api/verdict.ts'
import { recordOf } from '../../harness/testing/record.ts'
import { quorums } from './quorums.ts'

const FIVE = ['n1', 'n2', 'n3', 'n4', 'n5']

const decision = (acceptedBy: readonly string[], parts: Partial<Decision> = {}): Decision => ({
  slot: 7,
  term: 2,
  acceptedBy,
  members: FIVE,
  ...parts,
})

const samplesOf = (decisions: readonly Decision[]): readonly Sample[] =>
  decisions.map((each, i) => ({
    timeNs: i * 1e9,
    node: 'n1',
    status: { role: 'leader', term: 2, decisions: [{ ...each, slot: each.slot + i }] },
  }))

const claiming = (rules: readonly string[] | undefined): Claims => ({
  source: 'its documentation',
  consistency: {},
  tolerates: {},
  ...(rules === undefined ? {} : { quorums: rules }),
})

const recorded = (
  decisions: readonly Decision[],
  rules: readonly string[] | undefined = ['majority of nodes'],
) => recordOf({ history: [], samples: samplesOf(decisions), claims: claiming(rules) })

const judge = (...given: Parameters<typeof recorded>): Promise<Verdict> =>
  quorums.check(recorded(...given), new AbortController().signal)

describe('a decision', () => {
  it.each([
    ['a majority', ['n1', 'n2', 'n3'], {}, 'valid'],
    ['all', FIVE, {}, 'valid'],
    ['two of five', ['n1', 'n2'], {}, 'invalid'],
    ['its leader alone', ['n1'], {}, 'invalid'],
    ['a majority of what is left', ['n1', 'n2'], { members: ['n1', 'n2', 'n3'] }, 'valid'],
    [
      'a node that was removed, as the third',
      ['n1', 'n2', 'n5'],
      { members: ['n1', 'n2', 'n3', 'n4'] },
      'invalid',
    ],
  ] as const)('that was accepted by %s', async (_, acceptedBy, parts, status) => {
    expect((await judge([decision(['n1', 'n2', 'n4']), decision(acceptedBy, parts)])).status).toBe(status)
  })

  it('is judged by the last of several phases', async () => {
    const rules = ['4 of nodes', '2 of nodes']
    expect((await judge([decision(['n1', 'n2'])], rules)).status).toBe('valid')
    expect((await judge([decision(['n1'])], rules)).status).toBe('invalid')
  })

  it('is shown with its slot, its term, who accepted it, and the members', async () => {
    const { summary, evidence } = await judge([decision(['n1', 'n2'])])
    expect(summary).toContain('slot 7, term 2, told by n1 at')
    expect(evidence[0]?.anomaly).toBe('decision without a quorum')
    expect(evidence[0]?.view).toMatchObject({
      rows: [{ cells: ['0.000 s', 'n1', '7', '2', 'n1, n2', FIVE.join(', ')] }],
    })
  })
})

describe('a change of members', () => {
  it.each([
    ['one is removed', FIVE, FIVE.slice(0, 4), 'valid'],
    ['one is added', FIVE.slice(0, 4), FIVE, 'valid'],
    ['two of three are replaced', ['n1', 'n2', 'n3'], ['n1', 'n4', 'n5'], 'invalid'],
  ])('in which %s', async (_, formerMembers, members, status) => {
    const told = decision(members, { members, formerMembers })
    expect((await judge([told, told])).status).toBe(status)
  })

  it('must keep the phases apart from each other, not from themselves', async () => {
    const told = decision(FIVE, { formerMembers: FIVE.slice(0, 4) })
    expect((await judge([told], ['4 of nodes', '2 of nodes'])).status).toBe('valid')
  })
})

describe('what cannot be judged', () => {
  it('is left out where no node tells, and where nobody claims which nodes decide', () => {
    expect(quorums.applies?.(recorded([]))).toBe(false)
    const unclaimed = recordOf({
      history: [],
      samples: samplesOf([decision(FIVE)]),
      claims: claiming(undefined),
    })
    expect(quorums.applies?.(unclaimed)).toBe(false)
    expect(quorums.whyNot?.(unclaimed)).toMatch(/does not claim which sets of nodes decide/)
    expect(quorums.applies?.(recorded([decision(FIVE)]))).toBe(true)
  })
})

it('what held is shown as a record, for pages', async () => {
  const { evidence } = await judge([decision(['n1', 'n2', 'n3']), decision(FIVE)])
  expect(evidence).toEqual([
    expect.objectContaining({ title: 'the latest decisions, of 2', isRecord: true, isAllowed: true }),
  ])
  expect(evidence[0]?.text).toContain('n1, n2, n3')
})

describe('a decision that an answer tells', () => {
  const write = { process: 0, f: 'write', value: { key: 1, value: 2 } }
  const answered = (meta: Meta) =>
    recordOf({
      history: [
        { ...write, index: 0, timeNs: 0, type: 'invoke' },
        { ...write, index: 1, timeNs: 5, type: 'ok', meta },
      ],
      samples: FIVE.map((node) => ({ timeNs: 0, node, status: { role: 'follower', term: 2 } })),
      claims: claiming(['majority of nodes']),
    })
  const place = { index: 4, term: 2, servedBy: 'n1' }

  it.each([
    ['three of five', { ...place, acceptedBy: 'n1,n2,n3' }, 'valid'],
    ['two of five', { ...place, acceptedBy: 'n1,n2' }, 'invalid'],
    ['two of the three members', { ...place, acceptedBy: 'n1,n2', members: 'n1, n2, n3' }, 'valid'],
    ['three, one of them no member', { ...place, acceptedBy: 'n1,n4,n5', members: 'n1,n2,n3' }, 'invalid'],
  ])('by %s', async (_, meta, status) => {
    const record = answered(meta)
    expect(quorums.applies?.(record)).toBe(true)
    const verdict = await quorums.check(record, new AbortController().signal)
    expect(verdict.status, verdict.summary).toBe(status)
    if (status === 'invalid') expect(verdict.evidence[0]?.operations).toEqual([1])
  })

  it('may count a node that lies, whose statuses are left out: it is a member', async () => {
    const { samples, ...record } = answered({ ...place, acceptedBy: 'n1,n2,n5' })
    const honest = { ...record, samples: (samples ?? []).filter(({ node }) => node !== 'n5') }
    const judged = async (traitors: readonly string[]): Promise<string> =>
      (await quorums.check({ ...honest, traitors }, new AbortController().signal)).status
    expect(await judged(['n5'])).toBe('valid')
    expect(await judged([])).toBe('invalid')
  })

  it('is not looked for where no answer says who accepted it', () => {
    expect(quorums.applies?.(answered(place))).toBe(false)
  })
})
