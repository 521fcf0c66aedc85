import { expect, it } from 'vitest'
import { finalKeys, readBackOf, usedKeys } from './keyed.ts'

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i)
const KEYS = { keys: 2, perKey: 10 }
const after = (ordinal: number) => ({ concurrency: 4, nodes: 3, ordinal: () => ordinal })

it('all keys are read back, while there are not too many', () => {
  expect(finalKeys(KEYS, after(100))).toEqual(numbers(42))
  expect(readBackOf(numbers(1000))).toEqual(numbers(1000))
})

it('of very many keys the latest are read back, and others over the whole run', () => {
  const context = after(1_000_000)
  expect(usedKeys(KEYS, context).length).toBe(400_002)
  const keys = finalKeys(KEYS, context)
  expect(keys.length).toBe(1000)
  expect(keys.slice(500)).toEqual(numbers(500).map((i) => 399_502 + i))
  expect(keys[0]).toBe(0)
  const gaps = keys.slice(1, 500).map((key, i) => key - (keys[i] as number))
  expect(Math.min(...gaps)).toBeGreaterThan(790)
  expect(Math.max(...gaps)).toBeLessThan(810)
})
