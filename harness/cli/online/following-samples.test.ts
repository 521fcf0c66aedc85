/** What nodes report of themselves, followed: what is told is broken as a whole, and what is broken is told. */
import { describe, expect, it } from 'vitest'
import { agreement } from '../../../checkers/cluster/agreement.ts'
import { AgreementFollower } from '../../../checkers/cluster/agreement-follower.ts'
import { election } from '../../../checkers/cluster/election.ts'
import { leadership } from '../../../checkers/cluster/leadership.ts'
import { Terms } from '../../../checkers/cluster/terms.ts'
import type { Operation } from '../../api/history.ts'
import type { Rng } from '../../api/random.ts'
import type { FaultRecord, RunRecord, Sample } from '../../api/record.ts'
import { rngFromSeed } from '../../support/random.ts'
import { sized } from '../../testing/capabilities.ts'
import { followed, type Happened, isBroken, wholeOf } from '../../testing/following.ts'
import { recordOf } from '../../testing/record.ts'

const SEEDS = sized(60, 600)
const NODES = ['n1', 'n2', 'n3']

type Wrong = 'none' | 'digest' | 'leader' | 'term'

/** Nodes apply entries, each at its own pace, and elect leaders. Some samples are recorded late. */
const samplesOf = (rng: Rng, wrong: Wrong, count = 300): readonly Sample[] => {
  const applied = new Map(NODES.map((node) => [node, 1]))
  let term = 1
  const knows = new Map(NODES.map((node) => [node, 1]))
  const wrongAt = Math.floor(count / 3) + rng.int(Math.floor(count / 3))
  const off = rng.pick(NODES)
  const samples = Array.from({ length: count }, (_, n): Sample => {
    const node = rng.pick(NODES)
    if (rng.float() < 0.03) term++
    if (rng.float() < 0.5) knows.set(node, term)
    const at = (applied.get(node) ?? 1) + rng.int(3)
    applied.set(node, at)
    const isOff = n >= wrongAt && node === off
    const known = (knows.get(node) ?? 1) - (isOff && wrong === 'term' && n < wrongAt + 20 ? 2 : 0)
    // Two nodes that have forgotten different parts have different digests.
    const basis = ['', 'one', 'other'][rng.int(3)] as string
    const digestOf = (position: number): string =>
      isOff && wrong === 'digest' ? `x${position}${basis}` : `d${position}${basis}`
    const leader = isOff && wrong === 'leader' ? node : NODES[known % 3]
    return {
      node,
      timeNs: n * 1e8,
      status: {
        role: leader === node ? 'leader' : 'follower',
        ...{ term: known, leader: leader ?? null, digest: digestOf(at), digestAt: at },
        ...(basis === '' ? {} : { digestBasis: basis }),
        ...(at > 2 ? { earlierDigests: { [at - 1]: digestOf(at - 1) } } : {}),
      },
    }
  })
  // As the thinner does: one that tells something brings an earlier one with it.
  return samples
    .map((sample, at) => ({ sample, place: rng.float() < 0.1 ? at + rng.int(6) : at }))
    .sort((a, b) => a.place - b.place)
    .map(({ sample }) => sample)
}

const inTime = (samples: readonly Sample[]): readonly Sample[] =>
  samples.toSorted((a, b) => a.timeNs - b.timeNs)

/** Clients ask for leaders meanwhile. */
const withAnswers = (samples: readonly Sample[], rng: Rng, wrong: Wrong): readonly Happened[] => {
  let index = 0
  const lie = wrong === 'leader' ? rng.int(samples.length) : -1
  return samples.flatMap((sample, at): readonly Happened[] => {
    const { node, status } = sample
    if (at !== lie && rng.float() < 0.5) return [{ sample }]
    const call = { timeNs: at * 1e8, process: 1, f: 'leader', node }
    const leader = at === lie ? 'n9' : (status?.leader ?? null)
    const answer = {
      ...call,
      index: index + 1,
      type: 'ok',
      value: { leader, term: status?.term },
    } as Operation
    index += 2
    return [
      { operation: { ...call, index: index - 2, type: 'invoke', value: {} } },
      { operation: answer },
      { sample },
    ]
  })
}

const base: RunRecord = recordOf({
  faults: [],
  claims: {
    source: 'its documentation',
    consistency: {},
    minority: 'refuse',
    tolerates: {},
    tellsElections: true,
  },
})

const dataLoss = (fromNs: number, toNs: number, victims: readonly string[]): FaultRecord =>
  ({
    planned: {
      id: 'f1',
      nemesis: 'kill',
      atNs: fromNs,
      durationNs: toNs - fromNs,
      model: 'data-loss',
      intent: {},
    },
    victims,
    effects: [],
    effective: true,
    injectedAtNs: fromNs,
    healedAtNs: toNs,
  }) as unknown as FaultRecord

const CASES = [
  ['agreement', agreement, ['none', 'digest']],
  ['leadership', leadership, ['none', 'leader', 'term']],
  ['election', election, ['none', 'leader']],
] as const

describe.each(CASES)('%s, followed', (name, checker, wrongs) => {
  it('tells what is broken as a whole, and nothing else', async () => {
    const counts = { whole: 0, told: 0, early: 0 }
    for (const wrong of wrongs)
      for (let seed = 1; seed <= SEEDS; seed++) {
        const rng = rngFromSeed(seed)
        const samples = samplesOf(rng, wrong)
        const run =
          name === 'election'
            ? withAnswers(inTime(samples), rng, wrong)
            : samples.map((sample) => ({ sample }))
        const whole = await isBroken(wholeOf(base, run), checker)
        const { broken, firstAt, isEnough } = await followed(checker, base, run, 1 + rng.int(100))
        if (broken > 0) expect(whole, `${wrong}, seed ${seed}`).toBe(true)
        if (wrong === 'none')
          expect({ broken, isEnough, whole }).toEqual({ broken: 0, isEnough: false, whole: false })
        counts.whole += Number(whole)
        counts.told += Number(broken > 0)
        counts.early += Number(firstAt !== null && firstAt < 0.9 * run.length)
      }
    expect(counts.whole).toBeGreaterThan(SEEDS / 3)
    expect(counts.told, JSON.stringify(counts)).toBeGreaterThan(0.9 * counts.whole)
    expect(counts.early, JSON.stringify(counts)).toBeGreaterThan(0.8 * counts.told)
  })
})

describe('a long run, followed', () => {
  const run = samplesOf(rngFromSeed(1), 'none', 20_000).map((sample) => ({ sample }))

  it('leaves the digests of its latest positions', async () => {
    const { most, broken } = await followed(agreement, base, run, 5000, new AgreementFollower(1000))
    expect(broken).toBe(0)
    expect(most.things).toBeLessThanOrEqual(1000)
    expect(most.things).toBeGreaterThan(500)
  })

  it('leaves a leader of each of its latest terms', () => {
    const terms = new Terms<number>(100)
    for (let term = 0; term < 5000; term++) expect(terms.tell(term, 'n1', term)).toBeNull()
    expect(terms.size).toBeLessThanOrEqual(100)
    expect([terms.tell(4990, 'n2', 0), terms.tell(1, 'n2', 0)]).toEqual([4990, null])
  })
})

describe('a term that goes back, followed', () => {
  const at = (n: number, term: number): Happened => ({
    sample: { node: 'n1', timeNs: n * 1e9, status: { role: 'follower', term } },
  })
  const run = [at(1, 5), at(2, 6), at(3, 1), at(4, 2), at(5, 1)]
  const faulty = (...faults: readonly FaultRecord[]): RunRecord => ({ ...base, faults })

  it.each([
    ['is told if no fault explains it', [], 2],
    [
      'is not told of a node that lost its data, until it goes back again',
      [dataLoss(2.1e9, 2.5e9, ['n1'])],
      1,
    ],
    ['is told if another node lost its data', [dataLoss(2.1e9, 2.5e9, ['n2'])], 2],
    ['waits while it is not known whom the fault hits', [dataLoss(2.1e9, 9e9, [])], 0],
  ] as const)('%s', async (_, faults, broken) => {
    expect((await followed(leadership, faulty(...faults), run, 1)).broken).toBe(broken)
  })

  it('would be told of a node that lost its data by a judge that does not look at faults', async () => {
    const loss = [dataLoss(2.1e9, 2.5e9, ['n1'])]
    const short = run.slice(0, 4)
    expect(await isBroken(wholeOf(faulty(...loss), short), leadership)).toBe(false)
    expect((await followed(leadership, faulty(...loss), short, 1)).broken).toBe(0)
    expect((await followed(leadership, faulty(), short, 1)).broken).toBe(1)
  })
})
