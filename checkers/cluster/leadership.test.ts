import { describe, expect, it } from 'vitest'
import { leadership } from './leadership.ts'
import { fault, judge, sample } from './testing/records.ts'

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
