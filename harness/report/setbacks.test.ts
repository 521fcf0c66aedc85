import { expect, it } from 'vitest'
import type { Sample } from '../api/record.ts'
import { setbacksOf } from './setbacks.ts'

const sample = (node: string, ms: number, status: Partial<NonNullable<Sample['status']>> | null): Sample => ({
  node,
  timeNs: ms * 1e6,
  status: status === null ? null : { role: 'follower', ...status },
})

it('a term or an index that goes back is told with what it was, and whether the node was silent meanwhile', () => {
  const found = setbacksOf([
    sample('n1', 1, { term: 5, appliedIndex: 1660, commitIndex: 1661, snapshotIndex: 1500 }),
    sample('n2', 2, { term: 4, appliedIndex: 10 }),
    sample('n1', 3, null),
    // A value that is not told says nothing.
    sample('n1', 4, { term: 0 }),
    sample('n2', 5, { term: 4, appliedIndex: 9 }),
    sample('n1', 6, { term: 0, appliedIndex: 1504, commitIndex: 1661, snapshotIndex: 1500 }),
    sample('n1', 7, { term: 1, appliedIndex: 1505 }),
  ])
  expect(found).toEqual([
    { node: 'n1', number: 3, atMs: 4, what: 'term', beforeMs: 1, from: 5, to: 0, isAfterSilence: true },
    { node: 'n2', number: 2, atMs: 5, what: 'applied', beforeMs: 2, from: 10, to: 9, isAfterSilence: false },
    {
      node: 'n1',
      number: 4,
      atMs: 6,
      what: 'applied',
      beforeMs: 1,
      from: 1660,
      to: 1504,
      isAfterSilence: true,
    },
  ])
})

it('nodes whose numbers only grow, or that report none, have no setback', () => {
  const grows = [0, 0, 1, 7].map((n) => sample('n1', n, { term: n, commitIndex: n, snapshotIndex: n }))
  expect(setbacksOf([...grows, sample('n1', 9, {}), sample('n1', 10, { term: 7 })])).toEqual([])
})
