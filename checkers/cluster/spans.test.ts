import fc from 'fast-check'
import { expect, it } from 'vitest'
import { overlapsAny, type Span, touching } from './spans.ts'

const span = fc
  .tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 8 }))
  .map(([fromNs, length]): Span => ({ fromNs, toNs: fromNs + length }))
const spans = fc.array(span, { maxLength: 8 })

it('tells whether a span overlaps any, ends excluded', () => {
  fc.assert(
    fc.property(spans, span, (all, asked) => {
      const expected = all.some(({ fromNs, toNs }) => fromNs < asked.toNs && toNs > asked.fromNs)
      expect(overlapsAny(all)(asked)).toBe(expected)
    }),
  )
})

it('finds those that touch a span, ends included, in order', () => {
  fc.assert(
    fc.property(spans, span, (all, asked) => {
      const sorted = all.toSorted((a, b) => a.fromNs - b.fromNs)
      const expected = sorted.filter(({ fromNs, toNs }) => fromNs <= asked.toNs && toNs >= asked.fromNs)
      const found = touching(
        sorted.map(({ fromNs }) => fromNs),
        sorted.map(({ toNs }) => toNs),
      )(asked)
      expect(found.map((place) => sorted[place])).toEqual(expected)
    }),
  )
})
