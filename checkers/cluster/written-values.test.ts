import fc from 'fast-check'
import { expect, it } from 'vitest'
import { identitiesIn } from '../../harness/vocabularies/values.ts'
import { WrittenValues } from './written-values.ts'

const scalar = fc.oneof(
  fc.integer({ min: -3, max: 3000 }),
  fc.integer({ min: 0, max: 9 }),
  fc.constantFrom('1', true, 3n, 2 ** 40),
)
const held = fc.record({ key: fc.option(scalar), values: fc.array(scalar, { maxLength: 5 }) })

it('a number is the same value whatever its type', () => {
  const written = new WrittenValues(2 ** 20)
  written.add({ key: 1, values: [3, 4n] })
  const missing: string[] = []
  written.missing({ key: 1n, values: [3n, 4, 5n] }, (identity) => missing.push(identity))
  expect(missing).toEqual(['1=5'])
})

it('what was not written is told, whatever fits into the table', () => {
  fc.assert(
    fc.property(fc.array(held), fc.array(held), fc.constantFrom(0, 5, 2 ** 20), (writes, reads, most) => {
      const written = new WrittenValues(most)
      const expected = new Set<string>()
      for (const each of writes) {
        written.add(each)
        for (const identity of identitiesIn(each)) expected.add(identity)
      }
      for (const each of [...reads, ...writes]) {
        const missing: string[] = []
        written.missing(each, (identity) => missing.push(identity))
        expect(missing).toEqual(identitiesIn(each).filter((identity) => !expected.has(identity)))
      }
    }),
  )
})
