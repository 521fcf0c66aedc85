import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Spans } from './spans.ts'
import { View } from './view.ts'

const KINDS = 3

/** Intervals one after the other: gaps, lengths and kinds. */
const spansOf = (parts: readonly (readonly [number, number, number])[]): Spans => {
  const starts = new Float64Array(parts.length)
  const ends = new Float64Array(parts.length)
  const kinds = new Uint8Array(parts.length)
  let time = 0
  for (const [i, [gap, length, kind]] of parts.entries()) {
    time += gap
    starts[i] = time
    ends[i] = time + length
    kinds[i] = kind
  }
  return new Spans(starts, ends, kinds, KINDS)
}

const parts = fc.array(
  fc.tuple(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 2 })),
  { minLength: 1, maxLength: 300 },
)

/** What is painted: how many intervals in all, and how often something is drawn. */
const paint = (spans: Spans, view: View): { readonly intervals: number; readonly drawn: number } => {
  let intervals = 0
  let drawn = 0
  spans.paint(view, {
    single: () => {
      intervals++
      drawn++
    },
    dense: (_x, _width, counts) => {
      intervals += counts.reduce((sum, count) => sum + count, 0)
      drawn++
    },
  })
  return { intervals, drawn }
}

describe('spans', () => {
  it('are all painted when all is shown, each once', () => {
    fc.assert(
      fc.property(parts, fc.integer({ min: 10, max: 2000 }), (all, width) => {
        const spans = spansOf(all)
        const view = new View(0, Math.max(...spans.ends) + 1, 1e-6)
        view.width = width
        expect(paint(spans, view).intervals).toBe(spans.length)
      }),
    )
  })

  it('are painted as often as there are columns of pixels, however many there are', () => {
    const spans = spansOf(Array.from({ length: 100_000 }, (_, i) => [10, 9, i % KINDS] as const))
    const view = new View(0, 1_000_009, 1)
    view.width = 1200
    const { drawn, intervals } = paint(spans, view)
    expect(intervals).toBe(100_000)
    expect(drawn).toBeLessThanOrEqual(1200 / spans.column + 1)
  })

  it('of which a part is shown are painted if they reach into it', () => {
    const spans = spansOf([
      [0, 100, 0],
      [200, 100, 0],
      [200, 100, 0],
    ])
    const view = new View(0, 1000, 1)
    view.width = 1000
    view.show(50, 250)
    expect(paint(spans, view)).toEqual({ intervals: 2, drawn: 2 })
  })

  it('are found at a time, up to the next one, and near it', () => {
    const spans = new Spans(
      Float64Array.of(0, 100, 200),
      Float64Array.of(50, Number.POSITIVE_INFINITY, 250),
      new Uint8Array(3),
      1,
    )
    expect(spans.at(25, 0)).toBe(0)
    expect(spans.at(75, 0)).toBeNull()
    expect(spans.at(98, 5)).toBe(1)
    expect(spans.at(180, 0)).toBe(1)
    expect(spans.at(240, 0)).toBe(2)
  })

  it('follow one another', () => {
    const spans = new Spans(
      Float64Array.of(0, 10, 10, 20),
      Float64Array.of(5, 12, 15, 25),
      new Uint8Array(4),
      1,
    )
    expect([spans.next(-1, 1), spans.next(0, 1), spans.next(10, 1), spans.next(20, 1)]).toEqual([
      0,
      1,
      3,
      null,
    ])
    expect([spans.next(0, -1), spans.next(10, -1), spans.next(11, -1)]).toEqual([null, 0, 2])
  })

  it('are counted as a scan counts them', () => {
    fc.assert(
      fc.property(parts, fc.nat(10_000), (all, time) => {
        const spans = spansOf(all)
        expect(spans.countBefore(time)).toBe(spans.starts.filter((start) => start < time).length)
      }),
    )
  })
})

describe('a view', () => {
  it('stays within its axis, whatever is asked of it', () => {
    const step = fc.oneof(
      fc.record({
        zoom: fc.double({ min: 0.01, max: 100, noNaN: true }),
        x: fc.integer({ min: 0, max: 800 }),
      }),
      fc.record({ pan: fc.integer({ min: -5000, max: 5000 }) }),
    )
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const view = new View(-5, 95, 0.001)
        view.width = 800
        for (const each of steps) {
          if ('zoom' in each) view.zoom(each.zoom, each.x)
          else view.pan(each.pan)
          expect(view.from).toBeGreaterThanOrEqual(-5)
          expect(view.to).toBeLessThanOrEqual(95 + 1e-9)
          expect(view.to - view.from).toBeGreaterThanOrEqual(0.001 - 1e-9)
        }
      }),
    )
  })

  it('keeps the time under the pointer where it is', () => {
    const view = new View(0, 1000, 1)
    view.width = 500
    const time = view.time(200)
    view.zoom(0.5, 200)
    expect(view.x(time)).toBeCloseTo(200)
  })
})
