import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Operation, Pair, Sequence } from '../../harness/api/history.ts'
import { pairOperations } from '../../harness/history/pairing.ts'
import { histories, type RandomOperation } from '../../harness/testing/histories.ts'
import { done, historyOf, type Step } from '../../harness/testing/steps.ts'
import { StaleReads } from './stale-reads.ts'

const staleIn = (pairs: Sequence<Pair>): readonly Pair[] => {
  const reads = new StaleReads()
  for (const pair of pairs) reads.take(pair)
  return pairs.filter((pair) => reads.isStale(pair))
}

describe('stale reads', () => {
  const of = (...steps: readonly (readonly Step[])[]): readonly number[] =>
    staleIn(pairOperations(historyOf(steps.flat()))).map(({ invocation }) => invocation.index)
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

/**
 * By the definition: some write was over before the read began, and it began after the write of the read value was over.
 */
const isStale = (read: Pair, pairs: Sequence<Pair>): boolean => {
  const written = ({ invocation }: Pair): number => (invocation.value as { value: number }).value
  const writes = pairs.filter(
    ({ invocation, completion }) => invocation.f === 'write' && completion?.type === 'ok',
  )
  const { value } = (read.completion as Operation).value as { value: number | null }
  const sources = writes.filter((write) => written(write) === value)
  if (value !== null && sources.length !== 1) return false
  return writes.some(
    (write) =>
      (write.completion as Operation).timeNs < read.invocation.timeNs &&
      sources.every((source) => (source.completion as Operation).timeNs < write.invocation.timeNs),
  )
}

const value = fc.constantFrom(1, 2, 3, 4)
const type = fc.constantFrom('ok' as const, 'ok' as const, 'ok' as const, 'info' as const)
const operation = fc.oneof(
  fc.record({ value, type }).map((drawn): RandomOperation => {
    const put = { key: 1, value: drawn.value }
    return { f: 'write', value: put, type: drawn.type, ok: put }
  }),
  fc.record({ value: fc.option(value), type }).map(
    (drawn): RandomOperation => ({
      f: 'read',
      value: { key: 1 },
      type: drawn.type,
      ok: { key: 1, value: drawn.value },
    }),
  ),
)

it('stale reads agree with their definition', () => {
  fc.assert(
    fc.property(histories(operation), (history) => {
      const pairs = pairOperations(history)
      const stale = pairs.filter(
        (pair) => pair.invocation.f === 'read' && pair.completion?.type === 'ok' && isStale(pair, pairs),
      )
      expect(staleIn(pairs)).toEqual(stale)
    }),
    { numRuns: 500 },
  )
})
