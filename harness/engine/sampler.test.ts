import { expect, it } from 'vitest'
import type { Sample } from '../api/record.ts'
import { LeaderChanges } from './sampler.ts'

/** n1 and n2 lead in turn, each in the next term, and each is sampled twice. */
const changesAmong = (terms: number, most?: number) => {
  const changes = new LeaderChanges(most)
  for (let term = 1; term <= terms; term++) {
    const leads: Sample = {
      timeNs: term * 1e9,
      node: `n${1 + (term % 2)}`,
      status: { role: 'leader', term },
    }
    changes.sampled({ timeNs: leads.timeNs - 1, node: 'n3', status: { role: 'follower', term } })
    changes.sampled(leads)
    changes.sampled({ ...leads, timeNs: leads.timeNs + 1 })
    changes.sampled({ timeNs: leads.timeNs + 2, node: 'n3', status: null })
  }
  return changes.facts()
}

it('a change of the leader is the first sample of it in a higher term; the first leader is none', () => {
  expect(changesAmong(1)).toEqual({ leaderChanges: [] })
  expect(changesAmong(3)).toEqual({
    leaderChanges: [
      { timeNs: 2e9, term: 2, leader: 'n1' },
      { timeNs: 3e9, term: 3, leader: 'n2' },
    ],
  })
})

it('of very many changes the first and the last are listed, and the others counted', () => {
  const { leaderChanges, leaderChangesLeftOut } = changesAmong(1001, 2)
  expect(leaderChanges.map(({ term }) => term)).toEqual([2, 3, 1000, 1001])
  expect(leaderChangesLeftOut).toBe(996)
})
