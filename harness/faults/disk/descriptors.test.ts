import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Descriptors } from './descriptors.ts'

/** Descriptors of nothing, counted while they are open. */
const counted = (limit: number) => {
  const open = new Set<number>()
  let next = 0
  const descriptors = new Descriptors<string>(limit, (fd) => expect(open.delete(fd)).toBe(true))
  const make = (): number => {
    open.add(next)
    return next++
  }
  return { open, descriptors, make }
}

describe('descriptors', () => {
  it('are closed when there are too many, the least recently used first', () => {
    const { open, descriptors, make } = counted(2)
    for (const key of ['a', 'b', 'c', 'a']) descriptors.get(key, make)
    expect(open).toEqual(new Set([0, 1, 2]))
    descriptors.trim()
    expect(open).toEqual(new Set([0, 2]))
    expect(descriptors.peek('b')).toBeUndefined()
    expect(descriptors.get('b', make)).toBe(3)
  })

  it('are closed at once when there are twice too many, whether or not the request has ended', () => {
    const { open, descriptors, make } = counted(2)
    for (const key of ['a', 'b', 'c', 'd', 'e']) descriptors.get(key, make)
    expect(open).toEqual(new Set([1, 2, 3, 4]))
  })

  it('that are kept stay open until they are let go as often', () => {
    const { descriptors, make } = counted(1)
    expect(descriptors.keep('a', make)).toBe(0)
    expect(descriptors.keep('a', make)).toBe(0)
    descriptors.letGo('a')
    descriptors.trim()
    expect(descriptors.peek('a')).toBe(0)
    descriptors.letGo('a')
    descriptors.get('b', make)
    descriptors.trim()
    expect(descriptors.peek('a')).toBeUndefined()
  })

  it('are never closed twice, never lost, and within the limit after a trim', () => {
    const step = fc.record({
      what: fc.constantFrom('get', 'keep', 'letGo', 'drop', 'trim'),
      key: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    })
    const holds = fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { open, descriptors, make } = counted(2)
      const kept = new Map<string, number>()
      for (const { what, key } of steps) {
        const times = kept.get(key) ?? 0
        if (what === 'get') expect(open).toContain(descriptors.get(key, make))
        if (what === 'keep') {
          descriptors.keep(key, make)
          kept.set(key, times + 1)
        }
        if (what === 'letGo') {
          descriptors.letGo(key)
          kept.set(key, Math.max(0, times - 1))
        }
        if (what === 'drop') {
          descriptors.drop(key)
          kept.set(key, 0)
        }
        descriptors.trim()
        const keptNow = [...kept].filter(([, count]) => count > 0).map(([each]) => each)
        for (const each of keptNow) expect(open).toContain(descriptors.peek(each))
        expect(open.size).toBeLessThanOrEqual(2 + keptNow.length)
      }
    })
    fc.assert(holds, { seed: 1, numRuns: 300 })
  })
})
