import { describe, expect, it } from 'vitest'
import { patienceMs } from './patience.ts'

const of = (threads: number, nodes: number, timeoutMs = 5000): readonly number[] =>
  Array.from({ length: threads }, (_, thread) => patienceMs(thread, nodes, timeoutMs))

describe('the patience of clients', () => {
  it.each([1, 2, 3, 4, 5])('is short and long at every one of %i nodes', (nodes) => {
    const all = of(2 * nodes, nodes)
    for (let node = 0; node < nodes; node++)
      expect(all.filter((_, thread) => thread % nodes === node).toSorted()).toEqual([1000, 5000])
  })

  it('is a fifth of the time that is given, but a second at least, unless less is given', () => {
    expect(new Set(of(10, 5, 20_000))).toEqual(new Set([4000, 20_000]))
    expect(new Set(of(10, 5, 2000))).toEqual(new Set([1000, 2000]))
    expect(new Set(of(10, 5, 300))).toEqual(new Set([300]))
  })
})
