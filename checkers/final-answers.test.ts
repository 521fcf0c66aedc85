/** Of the reads at the end, the last one of each node counts, for each object by itself. */
import { describe, expect, it } from 'vitest'
import type { Operation, Pair } from '../harness/api/history.ts'
import type { RunRecord } from '../harness/api/record.ts'
import { historyOf } from '../harness/history/columns.ts'
import { LazySequence } from '../harness/history/sequence.ts'
import { columnsOf } from '../harness/testing/columns.ts'
import { recordOf } from '../harness/testing/record.ts'
import { REGISTER } from '../harness/vocabularies/register.ts'
import { type Answered, finalAnswers, foldLastReads, foldLastReadsByObject } from './final-answers.ts'

interface Told {
  readonly f: 'read' | 'write'
  readonly key: number
  readonly node?: string
  readonly type?: 'ok' | 'fail'
}

const operationsOf = (all: readonly Told[]): readonly Operation[] =>
  all.flatMap(({ f, key, node, type = 'ok' }, i) => {
    const value = { key, value: i }
    const told = { process: i % 3, f, value, ...(node === undefined ? {} : { node }) }
    return [
      { ...told, index: 2 * i, timeNs: 2 * i, type: 'invoke' as const },
      { ...told, index: 2 * i + 1, timeNs: 2 * i + 1, type },
    ]
  })

/** A record of which it is known which pairs were fetched. */
const watched = (all: readonly Told[]): { readonly record: RunRecord; readonly fetched: number[] } => {
  const { pairs: _, ...record } = recordOf({})
  const { pairs } = historyOf(columnsOf(operationsOf(all)))
  const fetched: number[] = []
  const fetch = (place: number): Pair => {
    fetched.push(place)
    return pairs.at(place) as Pair
  }
  return { record: { ...record, pairs: new LazySequence(pairs.length, fetch) }, fetched }
}

const placesOf = (reads: readonly Answered[] = []): readonly number[] =>
  reads.map(({ invocation }) => invocation.index / 2)

const lastIn = (all: readonly Told[]): readonly number[] => {
  const { record } = watched(all)
  const fold = foldLastReads(record, REGISTER)
  for (const [place, pair] of record.pairs.entries()) fold.take(pair, place)
  return placesOf(fold.result())
}

const write: Told = { f: 'write', key: 0, node: 'n1' }
const readAt = (node: string, key = 0): Told => ({ f: 'read', key, node })

describe('the last reads', () => {
  it('are those of each node that began after every change', () => {
    expect(lastIn([readAt('n1'), write, readAt('n2'), readAt('n1'), readAt('n2')])).toEqual([4, 3])
    expect(lastIn([write, readAt('n1'), readAt('n2'), write])).toEqual([])
    expect(lastIn([write, readAt('n1'), { ...readAt('n1'), type: 'fail' }])).toEqual([1])
  })

  it('are those of each process where nodes are not told', () => {
    const read: Told = { f: 'read', key: 0 }
    expect(lastIn([write, read, read, read, read])).toEqual([4, 2, 3])
  })

  it('are copies, which keep nothing of the history in memory', () => {
    const all = [write, readAt('n1')]
    const { record } = watched(all)
    const fold = foldLastReads(record, REGISTER)
    for (const [place, pair] of record.pairs.entries()) fold.take(pair, place)
    const [, , invocation, completion] = operationsOf(all)
    expect(fold.result()).toStrictEqual([{ invocation, completion }])
  })

  it('of each object are told by themselves', () => {
    const { record } = watched([write, readAt('n1', 7), readAt('n1', 8), readAt('n2', 7), readAt('n1', 7)])
    const keyOf = ({ invocation }: Answered): number => (invocation.value as { readonly key: number }).key
    const fold = foldLastReadsByObject(record, REGISTER, keyOf)
    for (const [place, pair] of record.pairs.entries()) fold.take(pair, place)
    expect([...fold.result()].map(([key, reads]) => [key, placesOf(reads)])).toEqual([
      [7, [4, 3]],
      [8, [2]],
    ])
  })

  it('are all that is fetched of a long history', () => {
    const reads = Array.from({ length: 1000 }, (_, i) => readAt(`n${1 + (i % 5)}`))
    const { record, fetched } = watched([write, ...reads])
    const fold = foldLastReads(record, REGISTER)
    for (const [place, pair] of record.pairs.entries()) fold.take(pair, place)
    fetched.length = 0
    const { answers, unproven } = finalAnswers(fold.result(), record)
    expect({ fetched, unproven, count: answers.length }).toEqual({
      fetched: [996, 997, 998, 999, 1000],
      unproven: null,
      count: 5,
    })
  })
})
