import { describe, expect, it } from 'vitest'
import type { Operation, Pair, Sequence } from '../api/history.ts'
import { select } from './selection.ts'

const pairAt = (place: number): Pair => {
  const operation = { process: place % 2, f: 'read', value: null }
  const invocation: Operation = { ...operation, index: 2 * place, timeNs: place * 1e6, type: 'invoke' }
  const type = place % 10 === 0 ? 'info' : 'ok'
  return { invocation, completion: { ...invocation, index: 2 * place + 1, type } }
}

const PAIRS = Array.from({ length: 1000 }, (_, place) => pairAt(place))
const rowOf = ({ invocation }: Pair): number => invocation.process as number
const chosen = (focus: readonly number[], most: number) =>
  select(PAIRS, focus, most, { endMs: 1000, rowCount: 2, rowOf })
const placesOf = (pairs: Sequence<Pair>): readonly number[] =>
  pairs.map(({ invocation }) => invocation.index / 2)

describe('the operations of a page', () => {
  it('are all, if there is room', () => {
    expect(chosen([], 1000)).toEqual({ shown: PAIRS, rest: null })
  })

  it('are those around each piece of evidence, else', () => {
    const { shown } = chosen([2 * 300, 2 * 800], 100)
    const places = placesOf(shown)
    expect(places).toHaveLength(100)
    expect(places).toContain(300)
    expect(places).toContain(800)
    expect(places).toEqual(places.toSorted((a, b) => a - b))
  })

  it('are the last ones without evidence', () => {
    expect(placesOf(chosen([], 10).shown)).toEqual([990, 991, 992, 993, 994, 995, 996, 997, 998, 999])
  })

  it('or are counted: none is lost', () => {
    const { shown, rest } = chosen([2 * 500], 100)
    const densities = rest?.densities
    expect(densities?.count).toBe(900)
    expect(densities?.counts.reduce((sum, count) => sum + count, 0)).toBe(900)
    const inDoubt = densities?.counts.filter((_, i) => i % 3 === 2).reduce((sum, count) => sum + count, 0)
    expect(inDoubt).toBe(100 - shown.filter(({ completion }) => completion?.type === 'info').length)
  })

  it('contain windows that overlap once', () => {
    const places = placesOf(chosen([2 * 500, 2 * 501], 100).shown)
    expect(new Set(places).size).toBe(places.length)
  })
})
