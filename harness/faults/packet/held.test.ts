import { describe, expect, it } from 'vitest'
import { HeldLinks } from './held.ts'

describe('held links', () => {
  it('keep their packets, and no others', () => {
    const held = new HeldLinks<string>()
    expect(held.hold(['a>b', 'b>a'], 0)).toEqual([])
    expect([held.keeps('a>b', 'p', 1), held.keeps('a>c', 'q', 1)]).toEqual([true, false])
  })

  it('give them back in order when others are held, also those of a link that is held again', () => {
    const held = new HeldLinks<string>()
    held.hold(['a>b', 'a>c'], 0)
    for (const packet of ['p', 'q', 'r']) held.keeps('a>b', packet, 1)
    held.keeps('a>c', 's', 1)
    expect(held.hold(['a>c', 'c>a'], 5)).toEqual(['p', 'q', 'r', 's'])
    expect([held.keeps('a>b', 't', 6), held.keeps('c>a', 'u', 6)]).toEqual([false, true])
    expect(held.hold([], 9)).toEqual(['u'])
  })

  it('count how long packets have waited, also those that still wait', () => {
    const held = new HeldLinks<string>()
    held.hold(['a>b'], 0)
    held.keeps('a>b', 'p', 10)
    held.keeps('a>b', 'q', 30)
    expect(held.counts(40)).toEqual({ packets: 2, totalMs: 40, longestMs: 30 })
    held.hold([], 50)
    expect(held.counts(99)).toEqual({ packets: 2, totalMs: 60, longestMs: 40 })
  })
})
