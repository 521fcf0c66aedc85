import fc from 'fast-check'
import { expect, it } from 'vitest'
import { nextBallot, ownerOf } from './ballots.ts'

const MEMBERS = ['n1', 'n2', 'n3', 'n4', 'n5']

it('the ballots of one node begin with its position', () => {
  expect([0, 2, 3, 7, 8].map((above) => nextBallot(above, 'n3', MEMBERS))).toEqual([3, 3, 8, 8, 13])
})

it('the next ballot is above, is the own one, and no lower one is both', () => {
  const numbers = fc.nat({ max: 1_000_000 })
  fc.assert(
    fc.property(numbers, fc.constantFrom(...MEMBERS), (above, id) => {
      const next = nextBallot(above, id, MEMBERS)
      expect(next).toBeGreaterThan(above)
      expect(ownerOf(next, MEMBERS)).toBe(id)
      expect(next - MEMBERS.length).toBeLessThanOrEqual(above)
    }),
  )
})
