import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Allocation, BLOCK_BYTES, type Extent, Space } from './space.ts'

const full = (freeBlocks: number): Space => {
  const space = new Space()
  space.fill()
  space.took(-freeBlocks * BLOCK_BYTES)
  space.isRefusing = true
  return space
}

/** A file with blocks where the letters are not `-`. */
const drawn = (blocks: string): Allocation => {
  const extents: Extent[] = [...blocks].flatMap((each, i) =>
    each === '-' ? [] : [{ at: i * BLOCK_BYTES, length: BLOCK_BYTES }],
  )
  return {
    size: blocks.length * BLOCK_BYTES,
    allocatedBytes: extents.length * BLOCK_BYTES,
    extents: (at, length) => extents.filter((each) => each.at < at + length && each.at + each.length > at),
  }
}

const fits = (blocks: string, free: number, at: number, length: number): number => {
  try {
    return full(free).fitting(drawn(blocks), at * BLOCK_BYTES, length * BLOCK_BYTES) / BLOCK_BYTES
  } catch {
    return 0
  }
}

describe('the space of a full disk', () => {
  it.each([
    ['xxxx', 0, 0, 4, 4],
    ['xxxx', 0, 3, 2, 1],
    ['xxxx', 0, 4, 1, 0],
    ['xxxx', 1, 4, 3, 1],
    ['x--x', 0, 0, 4, 1],
    ['x--x', 1, 0, 4, 2],
    ['x--x', 2, 0, 4, 4],
    ['----', 9, 0, 4, 4],
  ])('%s with %i free blocks, written from %i on, %i blocks: %i fit', (blocks, free, at, length, fit) =>
    expect(fits(blocks, free, at, length)).toBe(fit),
  )

  it('takes as many blocks as a dumb count says', () => {
    const letters = fc.array(fc.constantFrom('x', '-'), { maxLength: 12 }).map((all) => all.join(''))
    const holds = fc.property(
      letters,
      fc.nat(6),
      fc.nat(14),
      fc.integer({ min: 1, max: 8 }),
      (blocks, free, at, length) => {
        let [left, fit] = [free, 0]
        for (; fit < length; fit++) if (blocks[at + fit] !== 'x' && --left < 0) break
        expect(fits(blocks, free, at, length)).toBe(fit)
      },
    )
    fc.assert(holds, { seed: 1, numRuns: 500 })
  })

  it('is what was freed since it filled; other requests than those that may be refused take it too', () => {
    const space = full(2)
    space.require(2 * BLOCK_BYTES)
    expect(space.takeRefused()).toBe(false)
    expect(() => space.require(2 * BLOCK_BYTES + 1)).toThrow('ENOSPC')
    expect([space.takeRefused(), space.takeRefused()]).toEqual([true, false])
    space.isRefusing = false
    space.require(9 * BLOCK_BYTES)
    space.took(9 * BLOCK_BYTES)
    expect(space.free).toBe(0)
    space.fill()
    space.took(-8 * BLOCK_BYTES)
    expect(space.free).toBe(BLOCK_BYTES)
    space.empty()
    expect(space.free).toBeNull()
  })
})
