import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Operation, Pair } from '../../harness/api/history.ts'
import { latestOver } from './latest-over.ts'

const outcomes = ['ok', 'ok', 'ok', 'fail', 'info'] as const

const pairs = fc
  .array(
    fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 9 }), fc.constantFrom(...outcomes)),
  )
  .map((drawn) => {
    let timeNs = 0
    return drawn.map(([gap, length, type], index): Pair => {
      timeNs += gap
      const base = { index, timeNs, process: index, f: 'write', value: null } as const
      return {
        invocation: { ...base, type: 'invoke' },
        completion: { ...base, type, timeNs: timeNs + length } as Operation,
      }
    })
  })

it('finds, of those acknowledged before a time, the one that began last', () => {
  fc.assert(
    fc.property(pairs, fc.integer({ min: 0, max: 60 }), (all, timeNs) => {
      const over = all.filter(({ completion }) => completion?.type === 'ok' && completion.timeNs < timeNs)
      expect(latestOver(all)(timeNs)).toBe(over.at(-1) ?? null)
    }),
  )
})
