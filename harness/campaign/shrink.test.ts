import { describe, expect, it } from 'vitest'
import type { RecordedFault } from '../api/nemesis.ts'
import { NS_PER_S } from '../support/time.ts'
import { type Clues, type Fails, shrink } from './shrink.ts'
import { endingAfter, onFewerNodes, pulledTogether, type ShrinkCase } from './shrink-case.ts'

const NODES = ['n1', 'n2', 'n3', 'n4', 'n5']

const fault = (id: number, atS: number, durationS = 1): RecordedFault => ({
  id: `kill-${id}`,
  nemesis: 'kill',
  model: 'kill',
  atNs: atS * NS_PER_S,
  durationNs: durationS * NS_PER_S,
  latestNs: (atS + 5) * NS_PER_S,
  intent: { victims: 'n4', order: NODES },
})

const WHOLE: ShrinkCase = {
  faults: Array.from({ length: 20 }, (_, at) => fault(at + 1, 2 + 2.5 * at)),
  timeLimitMs: 60_000,
  concurrency: 10,
  rate: 200,
  nodes: 5,
  keys: null,
}
const CLUSTER = { names: NODES, fewest: 1 }
const NO_CLUES: Clues = { firstAtNs: null, inForce: [], before: [] }

const ids = ({ faults }: ShrinkCase): readonly string[] => faults.map(({ id }) => id)

/** Fails by these faults; the evidence comes a second after the last of them began. */
const needing =
  (...needed: readonly string[]): Fails =>
  async ({ faults }) => {
    if (!needed.every((id) => faults.some((each) => each.id === id))) return null
    const last = Math.max(...faults.flatMap(({ id, atNs }) => (needed.includes(id) ? atNs : [])))
    return { firstAtNs: last + NS_PER_S }
  }

describe('a case', () => {
  it('ends after a time without what comes later', () => {
    const { faults, timeLimitMs } = endingAfter(WHOLE, 5000)
    expect(timeLimitMs).toBe(5000)
    expect(faults).toMatchObject([
      { id: 'kill-1', durationNs: NS_PER_S },
      { id: 'kill-2', durationNs: 0.5 * NS_PER_S },
    ])
  })

  it('is pulled together, and what overlaps still does', () => {
    const faults = [fault(1, 20, 4), fault(2, 22, 1), fault(3, 50, 1)]
    const together = pulledTogether({ ...WHOLE, faults })
    expect(
      together.faults.map(({ atNs, latestNs }) => [atNs / NS_PER_S, (latestNs ?? 0) / NS_PER_S]),
    ).toEqual([
      [1.5, 6.5],
      [3.5, 8.5],
      [7, 12],
    ])
    expect(together.timeLimitMs).toBe(13_000)
    expect(pulledTogether(together)).toEqual(together)
  })

  it('on fewer nodes names none that is gone', () => {
    const [first] = onFewerNodes(WHOLE, 3, NODES).faults
    expect(first?.intent).toEqual({ victims: 'n1', order: ['n1', 'n2', 'n3'] })
  })
})

describe('shrinking', () => {
  it('leaves the needed faults, little time, little load and few nodes', async () => {
    const small = await shrink(WHOLE, NO_CLUES, CLUSTER, needing('kill-4', 'kill-11'))
    expect(small && ids(small)).toEqual(['kill-4', 'kill-11'])
    expect(small).toMatchObject({ concurrency: 2, rate: 25, nodes: 3 })
    expect(small?.timeLimitMs).toBeLessThan(10_000)
    for (const each of small?.faults ?? []) expect(each.durationNs).toBeLessThan(0.5 * NS_PER_S)
  })

  it('tries first what was in force at the evidence', async () => {
    const tried: string[] = []
    const clues = { firstAtNs: 30 * NS_PER_S, inForce: ['kill-11'], before: ['kill-9', 'kill-10', 'kill-11'] }
    const fails = needing('kill-11')
    const small = await shrink(WHOLE, clues, CLUSTER, (candidate, what) => {
      tried.push(`${what}: ${candidate.faults.length}`)
      return fails(candidate, what)
    })
    expect(small && ids(small)).toEqual(['kill-11'])
    expect(tried.slice(0, 3)).toEqual([
      'the time after the evidence: 12',
      'all faults: 0',
      'all faults but those in force at the evidence: 1',
    ])
  })

  it('leaves out whole nemeses before single faults, those at work at the evidence last', async () => {
    const kinds = ['partition', 'packet', 'clock', 'kill', 'pause', 'disk']
    const mixed = {
      ...WHOLE,
      faults: WHOLE.faults.map((each, at) => ({ ...each, nemesis: kinds[at % kinds.length] ?? '' })),
    }
    const tried: (readonly string[])[] = []
    // One chance of each kind is not enough: it takes two pauses, and a pause is at work at the evidence.
    const small = await shrink(mixed, { ...NO_CLUES, inForce: ['kill-17'] }, CLUSTER, async ({ faults }) => {
      tried.push([...new Set(faults.map(({ nemesis }) => nemesis))])
      return faults.filter(({ nemesis }) => nemesis === 'pause').length >= 2 ? { firstAtNs: null } : null
    })
    expect(small?.faults.map(({ nemesis }) => nemesis)).toEqual(['pause', 'pause'])
    expect(tried.findIndex((each) => each.length === 1 && each[0] === 'pause')).toBeLessThan(6)
  })

  it('cuts by the evidence of the runs that confirmed the case, where that of the recorded run is too early', async () => {
    const tried: string[] = []
    const fails = needing('kill-11')
    await shrink(WHOLE, { ...NO_CLUES, firstAtNs: 3 * NS_PER_S }, CLUSTER, (candidate, what) => {
      tried.push(`${what}: ${candidate.timeLimitMs}`)
      return fails(candidate, what)
    })
    expect(tried.slice(0, 3)).toEqual([
      'the time after the evidence: 5000',
      'nothing: 60000',
      'the time after the evidence: 30000',
    ])
  })

  it('gives up where neither the case nor its beginning fails', async () => {
    const clues = { ...NO_CLUES, firstAtNs: 30 * NS_PER_S }
    expect(await shrink(WHOLE, clues, CLUSTER, async () => null)).toBeNull()
  })

  it('decides the same from the same decisions, so that it can go on', async () => {
    const known = new Map<string, Awaited<ReturnType<Fails>>>()
    const fails = needing('kill-2', 'kill-13', 'kill-17')
    const remembering: Fails = async (candidate, what) => {
      const key = JSON.stringify(candidate)
      const decided = known.get(key) ?? (await fails(candidate, what))
      known.set(key, decided)
      return decided
    }
    const small = await shrink(WHOLE, NO_CLUES, CLUSTER, remembering)
    const again = await shrink(WHOLE, NO_CLUES, CLUSTER, async (candidate) => {
      const decided = known.get(JSON.stringify(candidate))
      expect(decided).not.toBeUndefined()
      return decided ?? null
    })
    expect(again).toEqual(small)
  })
})
