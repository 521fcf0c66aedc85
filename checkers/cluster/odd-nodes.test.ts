import { describe, expect, it } from 'vitest'
import type { RunFacts, RunSpec, Sample } from '../../harness/api/record.ts'
import { agreement } from './agreement.ts'
import { convergence } from './convergence.ts'
import { leadership } from './leadership.ts'
import { recovery } from './recovery.ts'
import { fault, judge, sample } from './testing/records.ts'

const at = (ms: number, node: string, digest: string, digestAt: number): Sample =>
  sample(ms, node, { term: 1, digest, digestAt })

describe('the nodes with which something is wrong', () => {
  it('the replica whose digest fewer nodes have, from when it got to its last right position', async () => {
    const samples = [
      at(1, 'n1', 'a', 5),
      at(2, 'n2', 'a', 5),
      at(3, 'n1', 'a', 5),
      at(4, 'n2', 'b', 7),
      at(5, 'n3', 'b', 7),
      at(6, 'n1', 'x', 7),
    ]
    const { evidence, summary } = await judge(agreement, { samples })
    expect(summary).toMatch(/^Replicas disagree in the digests of 6 samples/)
    expect(evidence[0]).toMatchObject({ title: 'replicas disagree' })
    expect(evidence[0]?.odd).toEqual([
      {
        node: 'n1',
        good: { timeNs: 1e6, text: 'follower in term 1, digest a at position 5' },
        bad: { timeNs: 6e6, text: 'follower in term 1, digest x at position 7' },
      },
    ])
  })

  it('the replica that does not answer, with the last words of its processes', async () => {
    const samples = [
      at(1, 'n1', 'a', 5),
      at(2, 'n2', 'a', 5),
      at(3, 'n3', 'a', 5),
      sample(4, 'n2', null),
      at(9000, 'n1', 'b', 7),
      at(9001, 'n3', 'b', 7),
      sample(9002, 'n2', null),
    ]
    const ending = { node: 'n2', timeNs: 6e6, process: 'server', lastWords: 'the log is damaged\n' }
    const facts = {
      endings: [ending, ending],
      recovery: { recoveredAfterMs: null, deadlineMs: 9000, notReady: ['n2'] },
      aborted: null,
    } as unknown as RunFacts
    const odd = [
      {
        node: 'n2',
        good: { timeNs: 2e6, text: 'answers for the last time: follower in term 1' },
        bad: { timeNs: 4e6, text: expect.stringMatching(/ 2 times, first at 0\.006 s: the log is damaged$/) },
      },
    ]
    const parts = { samples, facts, faults: [fault('kill', 3, 100)], spec: { nodes: 3 } as RunSpec }
    const { evidence, status } = await judge(convergence, parts)
    expect(status).toBe('invalid')
    expect(evidence[0]).toMatchObject({ anomaly: 'replica that does not answer', odd })
    expect((await judge(recovery, parts)).evidence[0]).toMatchObject({ odd })
  })

  it('the replica that lags behind', async () => {
    const samples = [at(1, 'a', 'x', 5), at(2, 'b', 'y', 9), at(9000, 'a', 'x', 5), at(9001, 'b', 'y', 9)]
    const { evidence } = await judge(convergence, { samples })
    expect(evidence[0]?.odd).toEqual([
      {
        node: 'a',
        good: { timeNs: 1e6, text: 'reaches position 5' },
        bad: { timeNs: 9e9, text: 'is still at position 5, and others are at 9' },
      },
    ])
  })

  it('the later one of two leaders; the earlier finding comes first', async () => {
    const samples = [
      sample(1, 'n1', { role: 'leader', term: 1 }),
      sample(2, 'n2', { term: 4, leader: 'n3' }),
      sample(3, 'n2', { term: 0 }),
      sample(4, 'n2', { role: 'leader', term: 1 }),
    ]
    const { evidence } = await judge(leadership, { samples })
    expect(evidence.map(({ title }) => title)).toEqual(['a term that goes back', 'two leaders in one term'])
    expect(evidence[1]?.odd).toEqual([
      {
        node: 'n2',
        good: { timeNs: 3e6, text: 'follower in term 0, leader unknown' },
        bad: {
          timeNs: 4e6,
          text: 'leader in term 1, leader unknown, which n1 led according to n1 at 0.001 s',
        },
      },
    ])
  })
})
