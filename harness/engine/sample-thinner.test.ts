import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Sample } from '../api/record.ts'
import type { NodeStatus } from '../api/target.ts'
import { SampleThinner } from './sample-thinner.ts'

const NODES = ['n1', 'n2', 'n3']

/** Three nodes, sampled five times a second. @param statusOf of a node in a round */
const taken = (rounds: number, statusOf: (node: number, round: number) => NodeStatus | null) =>
  Array.from({ length: rounds * 3 }, (_, i): Sample => {
    const [round, node] = [Math.floor(i / 3), i % 3]
    return { timeNs: round * 2e8 + node * 1e6, node: NODES[node] as string, status: statusOf(node, round) }
  })

const recordedOf = (samples: readonly Sample[], most: number, wholeFromNs = Number.POSITIVE_INFINITY) => {
  const thinner = new SampleThinner({ wholeFromNs, most })
  const recorded = samples.flatMap((sample) => thinner.next(sample))
  return [...recorded, ...thinner.rest()].toSorted((a, b) => a.timeNs - b.timeNs)
}

const quiet = (node: number, round: number): NodeStatus => ({
  role: node === 0 ? 'leader' : 'follower',
  term: 1,
  leader: 'n1',
  commitIndex: round,
  digest: `d${round}`,
  digestAt: round,
})

const without = ({ leftOut: _, ...sample }: Sample): Sample => sample
const total = (recorded: readonly Sample[]) => recorded.reduce((sum, { leftOut = 0 }) => sum + 1 + leftOut, 0)

describe('samples of a short run', () => {
  it('are all recorded, as they are', () => {
    const samples = taken(100, quiet)
    expect(recordedOf(samples, 300)).toEqual(samples)
  })
})

describe('samples of a long run', () => {
  it('are few while nothing happens, and fewer the longer that lasts', () => {
    const most = 3000
    const hour = recordedOf(taken(18_000, quiet), most)
    const day = recordedOf(taken(144_000, quiet), most)
    expect(hour.length).toBeLessThan(3 * most)
    expect(day.length).toBeLessThan(6 * most)
    expect(total(day)).toBe(144_000 * 3)
  })

  it('are all recorded at its end', () => {
    const samples = taken(5000, quiet)
    const recorded = recordedOf(samples, 300, 990e9)
    const end = samples.filter(({ timeNs }) => timeNs >= 990e9)
    expect(recorded.slice(-end.length).map(without)).toEqual(end)
    expect(recorded.length).toBeLessThan(samples.length / 2)
  })

  it.each<readonly [string, (node: number, round: number) => NodeStatus | null]>([
    ['a role', (node, round) => ({ ...quiet(node, round), role: round === 700 ? 'candidate' : 'follower' })],
    [
      'a transaction that is in doubt for long',
      (node, round) => ({
        ...quiet(node, round),
        transactions: [
          { id: 'n1.1.1', coordinator: 'n1', participants: ['n2'], inDoubtMs: round === 700 ? 1000 : 999 },
        ],
      }),
    ],
    ['a term', (node, round) => ({ ...quiet(node, round), term: round < 700 ? 1 : 2 })],
    ['a leader', (node, round) => ({ ...quiet(node, round), leader: round < 700 ? 'n1' : 'n2' })],
    ['members', (node, round) => ({ ...quiet(node, round), members: round < 700 ? NODES : ['n1'] })],
    ['a snapshot', (node, round) => ({ ...quiet(node, round), snapshotIndex: Math.floor(round / 700) })],
    ['silence', (node, round) => (round === 700 ? null : quiet(node, round))],
    ['an index that goes back', (node, round) => ({ ...quiet(node, round), commitIndex: round % 700 })],
    [
      'a clock that is set',
      (node, round) => ({ ...quiet(node, round), clockMs: round * 200 + (round < 700 ? 0 : 500) }),
    ],
  ])('are recorded where there is %s, with the one before', (_, statusOf) => {
    const recorded = recordedOf(taken(1200, statusOf), 300)
    for (const node of NODES) {
      const own = recorded.filter((sample) => sample.node === node)
      const at = own.findIndex(({ timeNs }) => Math.floor(timeNs / 2e8) === 700)
      expect([at > 0, own[at - 1]?.timeNs]).toEqual([true, (own[at]?.timeNs ?? 0) - 2e8])
    }
    expect(recorded.length).toBeLessThan(2500)
    expect(total(recorded)).toBe(3600)
  })

  it('are recorded where two nodes tell of different states at one position, long after each other', () => {
    const statusOf = (node: number, round: number): NodeStatus =>
      node === 2
        ? {
            ...quiet(node, round),
            digestAt: round - 300,
            digest: round === 703 ? 'other' : `d${round - 300}`,
          }
        : quiet(node, round)
    const recorded = recordedOf(taken(1200, statusOf), 300)
    const at = recorded.filter(({ status }) => status?.digestAt === 403)
    expect(new Set(at.map(({ status }) => status?.digest))).toEqual(new Set(['d403', 'other']))
  })

  it('leave out the states at earlier positions, unless one of them differs from another', () => {
    const statusOf = (node: number, round: number): NodeStatus => ({
      ...quiet(node, round),
      earlierDigests: { [round - 1]: node === 1 && round === 900 ? 'other' : `d${round - 1}` },
    })
    const recorded = recordedOf(taken(1200, statusOf), 300, 220e9)
    const whole = recorded.filter(({ status }) => status?.earlierDigests !== undefined)
    const rounds = new Set(whole.map(({ timeNs }) => Math.floor(timeNs / 2e8)))
    expect([...rounds].filter((round) => round > 100 && round < 1100).sort()).toEqual([899, 900])
    const told = whole.map(
      ({ status }) => status?.earlierDigests?.[899] ?? (status?.digestAt === 899 ? status.digest : 0),
    )
    expect(told).toContain('other')
    expect(told).toContain('d899')
  })

  it('name as the other state a sample that tells of that position, and of no others', () => {
    const statusOf = (node: number, round: number): NodeStatus => ({
      role: 'follower',
      digestAt: 1000 + round,
      digest: `d${1000 + round}`,
      earlierDigests:
        node === 0 && round === 0
          ? { 7: 'd7', 8: 'd8', 9: 'd9' }
          : node === 1 && round === 900
            ? { 8: 'other' }
            : {},
    })
    const thinner = new SampleThinner({ wholeFromNs: 1e18, most: 300 })
    const samples = taken(1000, statusOf)
    const at = samples.findIndex(({ status }) => status?.earlierDigests?.[8] === 'other')
    for (const sample of samples.slice(0, at)) thinner.next(sample)
    const [first] = thinner.next(samples[at] as Sample)
    expect(first).toEqual({
      ...samples[0],
      status: { role: 'follower', digestAt: 1000, digest: 'd1000', earlierDigests: { 8: 'd8' } },
    })
  })

  it('say the same of roles, terms and leaders as all of them do', () => {
    const statuses = fc.array(fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 3 })), {
      minLength: 50,
      maxLength: 400,
    })
    const changes = (samples: readonly Sample[]) =>
      NODES.map((node) =>
        samples
          .filter((sample) => sample.node === node)
          .map(({ timeNs, status }) => ({ timeNs, text: `${status?.role} ${status?.term}` }))
          .filter(({ text }, i, all) => text !== all[i - 1]?.text),
      )
    fc.assert(
      fc.property(statuses, (drawn) => {
        const samples = taken(drawn.length, (node, round) => {
          const [kind, term] = drawn[Math.floor(round / 5)] as [number, number]
          return kind === 2 ? null : { role: kind === node ? 'leader' : 'follower', term, commitIndex: round }
        })
        expect(changes(recordedOf(samples, 20))).toEqual(changes(samples))
      }),
    )
  })
})
