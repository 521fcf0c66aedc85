/** What a page holds of the logs, and what it says of the rest. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LogLine } from './align.ts'
import { encodeLines, pageLogOf } from './encode.ts'
import { LEVELS, type Level } from './levels.ts'
import { decodeLines } from './page-log.ts'
import type { LogLimits } from './select.ts'

const ALL: LogLimits = { interestingNs: [], mostLines: 1e6, mostCharacters: 1e9 }

const lineAt = (number: number, second: number | null, level: Level = 'info', node = 'n1'): LogLine => ({
  node,
  number,
  text: `line ${number}`,
  timeNs: second === null ? null : second * 1e9,
  placeNs: second === null ? null : second * 1e9,
  raw: second === null ? null : [0, 4],
  aheadMs: 0,
  isUnsure: false,
  frozenMs: 0,
  level,
})

/** A line a second from 0 on. */
const seconds = (count: number): readonly LogLine[] => [...Array(count).keys()].map((i) => lineAt(i + 1, i))

const numbersShown = (lines: readonly LogLine[], limits: Partial<LogLimits>): readonly number[] =>
  decodeLines(encodeLines(lines, { ...ALL, ...limits })).map(({ number }) => number)

const randomLines = fc
  .array(
    fc.record({
      node: fc.constantFrom('n1', 'n2', 'n3'),
      us: fc.option(fc.integer({ min: -5e6, max: 60e6 }), { freq: 10 }),
      text: fc.string({ maxLength: 30 }),
      level: fc.constantFrom(...LEVELS),
      aheadUs: fc.integer({ min: -1e6, max: 1e6 }),
      isTimed: fc.boolean(),
      isUnsure: fc.boolean(),
      frozenUs: fc.integer({ min: 0, max: 5e6 }),
    }),
    { maxLength: 60 },
  )
  .map((all): readonly LogLine[] => {
    const next = new Map<string, number>()
    return all
      .toSorted((a, b) => (a.us ?? Number.POSITIVE_INFINITY) - (b.us ?? Number.POSITIVE_INFINITY))
      .map(({ node, us, text, level, aheadUs, isTimed, isUnsure, frozenUs }) => {
        const number = (next.get(node) ?? 0) + 1
        next.set(node, number)
        const placeNs = us === null ? null : us * 1000
        const raw = isTimed && us !== null ? ([1, 3] as const) : null
        const timeNs = raw === null ? null : placeNs
        const [aheadMs, frozenMs] = [aheadUs / 1000, frozenUs / 1000]
        return { node, number, text, timeNs, placeNs, raw, aheadMs, isUnsure, frozenMs, level }
      })
  })

const limits = fc.record({
  interestingNs: fc.array(fc.integer({ min: 0, max: 60e9 }), { maxLength: 3 }),
  mostLines: fc.integer({ min: 0, max: 70 }),
  mostCharacters: fc.integer({ min: 0, max: 900 }),
})

describe('the lines of a page', () => {
  it('are read back as they were, through JSON', () => {
    fc.assert(
      fc.property(randomLines, (lines) => {
        const page = JSON.parse(JSON.stringify(encodeLines(lines, ALL)))
        expect(page.gaps).toEqual([])
        expect(decodeLines(page)).toEqual(
          lines.map(({ node, number, text, placeNs, raw, aheadMs, isUnsure, frozenMs, level }) => ({
            node,
            number,
            text,
            placeMs: placeNs === null ? null : placeNs / 1e6,
            raw,
            aheadMs: expect.closeTo(aheadMs, 6),
            isUnsure,
            frozenMs,
            level,
          })),
        )
      }),
    )
  })

  it('and those that were omitted are all lines, node by node, each gap where its lines were', () => {
    fc.assert(
      fc.property(randomLines, limits, (lines, some) => {
        const page = encodeLines(lines, some)
        const shown = decodeLines(page)
        expect(shown.length).toBeLessThanOrEqual(some.mostLines)
        expect(shown.reduce((sum, { text }) => sum + text.length, 0)).toBeLessThanOrEqual(some.mostCharacters)
        const walked: string[] = []
        for (let i = 0; i <= shown.length; i++) {
          for (const { before, node, count } of page.gaps)
            if (before === i) for (let k = 0; k < count; k++) walked.push(page.nodes[node] as string)
          if (i < shown.length) walked.push((shown[i] as { node: string }).node)
        }
        for (const node of ['n1', 'n2', 'n3'])
          expect(walked.filter((each) => each === node)).toHaveLength(
            lines.filter((each) => each.node === node).length,
          )
        // A line that is shown has as many of its node before it as its number says.
        const gapsBefore = (index: number, node: string): number =>
          page.gaps
            .filter((gap) => gap.before <= index && page.nodes[gap.node] === node)
            .reduce((sum, { count }) => sum + count, 0)
        shown.forEach(({ node, number }, i) => {
          const before = shown.slice(0, i).filter((each) => each.node === node).length
          expect(before + gapsBefore(i, node)).toBe(number - 1)
        })
      }),
    )
  })

  it('are those around interesting times, then errors, then others, evenly', () => {
    const lines = seconds(1000).map((line) =>
      line.number === 901 ? { ...line, level: 'error' as const } : line,
    )
    const near = { interestingNs: [500e9] }
    expect(numbersShown(lines, { ...near, mostLines: 5 })).toEqual([499, 500, 501, 502, 503])
    expect(numbersShown(lines, { ...near, mostLines: 6 })).toEqual([499, 500, 501, 502, 503, 901])
    const spread = numbersShown(lines, { ...near, mostLines: 106 })
    for (let from = 1; from <= 1000; from += 100)
      expect(spread.filter((number) => number >= from && number < from + 100).length).toBeGreaterThan(5)
  })

  it('around an interesting time are errors first', () => {
    const lines = seconds(100).map((line) =>
      line.number === 52 ? { ...line, level: 'warn' as const } : line,
    )
    expect(numbersShown(lines, { interestingNs: [50e9], mostLines: 2 })).toEqual([51, 52])
  })

  it('do not end with one that is too long for the rest', () => {
    const lines = [{ ...lineAt(1, 0), text: 'x'.repeat(100) }, lineAt(2, 1)]
    expect(numbersShown(lines, { mostCharacters: 50 })).toEqual([2])
  })
})

describe('the logs of a run', () => {
  it('are none if the record has none', () => {
    const record = { logs: null, facts: null, samples: null, history: [], faults: null }
    expect(pageLogOf(record, 0, ALL)).toBe(null)
    expect(pageLogOf({ ...record, logs: [] }, 0, ALL)).toBe(null)
  })

  it('have hostile text as plain text', () => {
    const text = '2026-11-27T15:00:05Z </script><script>alert(1)</script>\x1b[31m\u202e\n'
    const record = { logs: [{ node: 'n1', text }], facts: null, samples: null, history: [], faults: null }
    expect(pageLogOf(record, 0, ALL)?.texts).toEqual([
      '2026-11-27T15:00:05Z </script><script>alert(1)</script>\\u{202e}',
    ])
  })
})
