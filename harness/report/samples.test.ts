import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Sample } from '../api/record.ts'
import { NodeSamples, stateText } from './page/samples.ts'
import { samplesOf } from './samples.ts'

const sample = (node: string, ms: number, status: Sample['status']): Sample => ({
  node,
  timeNs: ms * 1e6,
  status,
})

/** As the page reads them, from JSON. */
const read = (samples: readonly Sample[], most?: number): readonly NodeSamples[] =>
  (JSON.parse(JSON.stringify(samplesOf(samples, 1000, most ?? 200_000))) as ReturnType<typeof samplesOf>).map(
    (own) => new NodeSamples(own),
  )

const all = (own: NodeSamples | undefined) =>
  Array.from({ length: own?.timesMs.length ?? 0 }, (_, i) => own?.at(i))

describe('samples of nodes', () => {
  it('tell what each node said, or that it did not answer', () => {
    const [n1, n2] = read([
      sample('n2', 1, null),
      sample('n1', 2.0005, {
        role: 'leader',
        term: 3,
        leader: 'n1',
        clockMs: 1502.0005,
        commitIndex: 5,
        appliedIndex: 4,
        snapshotIndex: 2,
        digest: 'f9c3fa45f9c3fa45',
        digestAt: 3,
      }),
      sample('n2', 3, { role: 'follower' }),
    ])
    expect([n1?.node, n2?.node]).toEqual(['n1', 'n2'])
    expect(all(n1)).toEqual([
      {
        node: 'n1',
        number: 1,
        atMs: expect.closeTo(2.0005, 3),
        status: { role: 'leader', term: 3, leader: 'n1', version: null, members: null },
        committed: 5,
        applied: 4,
        snapshot: 2,
        digest: 'f9c3fa45',
        digestAt: 3,
        aheadMs: 500,
      },
    ])
    expect(all(n1).map((each) => each && stateText(each))).toEqual([
      'committed 5, applied 4, snapshot 2, digest f9c3fa45 at 3',
    ])
    expect(all(n2).map((each) => each && stateText(each))).toEqual(['', ''])
    expect(all(n2).map((each) => [each?.number, each?.status?.role ?? null, each?.aheadMs])).toEqual([
      [1, null, null],
      [2, 'follower', null],
    ])
  })

  it('are found by their time and their number', () => {
    const own = read([1, 2, 3].map((ms) => sample('n1', ms, null)))[0] as NodeSamples
    expect([0.5, 1, 2.5, 9].map((ms) => own.by(ms)?.number ?? null)).toEqual([null, 1, 2, 3])
    expect([0, 1, 3, 4].map((number) => own.placeOf(number))).toEqual([-1, 0, 2, -1])
  })

  it('are thinned to where something changed if there are too many, and keep their numbers', () => {
    const terms = [1, 1, 1, 2, 2, 1]
    const samples = terms.map((term, i) => sample('n1', i, { role: 'follower', term, commitIndex: i }))
    const own = read(samples, 5)[0] as NodeSamples
    expect(all(own).map((each) => [each?.number, each?.atMs, each?.status?.term, each?.committed])).toEqual([
      [1, 0, 1, 0],
      [4, 3, 2, 3],
      [6, 5, 1, 5],
    ])
    expect([own.count, own.isWhole]).toEqual([6, false])
    expect(read(samples, 6)[0]?.isWhole).toBe(true)
  })

  it('keep their numbers where the record has left some out', () => {
    const own = read([sample('n1', 1, null), { ...sample('n1', 9, null), leftOut: 7 }])[0] as NodeSamples
    expect(all(own).map((each) => each?.number)).toEqual([1, 9])
    expect([own.count, own.isWhole]).toEqual([9, false])
  })

  it('come back at their times, however many there are', () => {
    const times = fc.array(fc.integer({ min: 0, max: 10_000_000 }), { minLength: 1, maxLength: 200 })
    fc.assert(
      fc.property(times, (us) => {
        const sorted = us.toSorted((a, b) => a - b)
        const own = read(sorted.map((each) => sample('n1', each / 1e3, null)))[0] as NodeSamples
        expect([...own.timesMs].map((ms) => Math.round(ms * 1e3))).toEqual(sorted)
      }),
    )
  })
})
