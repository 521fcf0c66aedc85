import { describe, expect, it } from 'vitest'
import { pairOperations } from '../../harness/history/pairs.ts'
import { done, historyOf, type Step } from '../../harness/testing/steps.ts'
import { staleReads } from './stale-reads.ts'

describe('stale reads', () => {
  const of = (...steps: readonly (readonly Step[])[]): readonly number[] =>
    [...staleReads(pairOperations(historyOf(steps.flat())))].map(({ index }) => index)
  const write = (value: number): readonly Step[] => done(0, 'write', { key: 1, value })
  const read = (value: number | null): readonly Step[] => done(1, 'read', { key: 1 }, { key: 1, value })
  const cas = (expected: number, next: number, applied: boolean): readonly Step[] =>
    done(0, 'cas', { key: 1, expected, next }, { applied })

  it.each([
    ['the newest value', [write(1), write(2), read(2)], []],
    ['an older value', [write(1), write(2), read(1)], [4]],
    ['nothing, although something was there', [write(1), read(null)], [2]],
    ['what a compare-and-set replaced', [write(1), cas(1, 2, true), read(1)], [4]],
    ['what a compare-and-set did not replace', [write(1), cas(7, 2, false), read(1)], []],
    ['a value that was written twice', [write(1), write(2), write(1), read(1)], []],
    ['a value that nobody surely wrote', [write(1), read(9)], []],
  ] as const)('%s', (_, steps, stale) => {
    expect(of(...steps)).toEqual(stale)
  })

  it('a write that is not over when the read begins may come after it', () => {
    expect(
      of(write(1), [
        [0, 'invoke', 'write', { key: 1, value: 2 }],
        ...read(1),
        [0, 'ok', 'write', { key: 1, value: 2 }],
      ]),
    ).toEqual([])
  })
})
