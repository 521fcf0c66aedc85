import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rngFromSeed } from '../support/random.ts'
import { ThreadView } from './thread-view.ts'

const THREADS = Array.from({ length: 12 }, (_, thread) => thread)
const moment = { nowNs: 5, ordinal: () => 0, draw: () => rngFromSeed(1) }
const even = (thread: number): boolean => thread % 2 === 0
const low = (thread: number): boolean => thread < 7

describe('ThreadView', () => {
  it('shows each generator the threads that it may use, in the order of all', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(THREADS.length - 1), { maxLength: 60 }), (changes) => {
        const view = new ThreadView(THREADS, THREADS, moment)
        let free = THREADS
        for (const thread of changes) {
          if (free.includes(thread)) {
            view.taken(thread)
            free = free.filter((each) => each !== thread)
          } else {
            view.freed(thread)
            free = [...free, thread]
          }
          expect(view.free).toEqual(free)
          expect(view.only(even).free).toEqual(free.filter(even))
          expect(view.only(low).only(even).free).toEqual(free.filter(low).filter(even))
        }
        expect(view.only(low).threads).toEqual(THREADS.filter(low))
      }),
    )
  })

  it('makes no view twice, and keeps no more than some', () => {
    const view = new ThreadView(THREADS, THREADS, moment)
    const kept = view.only(even)
    for (let made = 0; made < 1000; made++) view.only((thread) => thread === 3)
    expect(view.only(even)).toBe(kept)
    const unkept = (thread: number): boolean => thread === 4
    expect(view.only(unkept)).not.toBe(view.only(unkept))
    expect(view.only(unkept)).toMatchObject({ nowNs: 5, threads: [4], free: [4] })
  })
})
