import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LEVELS } from '../../logs/levels.ts'
import type { ShownLine } from '../../logs/page-log.ts'
import { findRows, partsOf, patternOf, rowsOf } from './rows.ts'

const line = (node: string, number: number, more: Partial<ShownLine> = {}): ShownLine => ({
  node,
  number,
  text: `${node} says ${number}`,
  placeMs: number,
  raw: null,
  aheadMs: 0,
  isUnsure: false,
  frozenMs: 0,
  level: 'info',
  ...more,
})

const EVERYTHING = { nodes: new Set(['n1', 'n2']), levels: new Set(LEVELS) }
const LINES = [line('n1', 3), line('n2', 1, { level: 'error' }), line('n1', 4)]
const PAGE = {
  nodes: ['n1', 'n2'],
  gaps: [
    { before: 0, node: 0, count: 2 },
    { before: 2, node: 1, count: 5 },
    { before: 3, node: 0, count: 1 },
    { before: 3, node: 1, count: 1 },
  ],
}

const findOf = (text: string, isRegex = false): RegExp => {
  const pattern = patternOf(text, isRegex)
  if (!('find' in pattern) || pattern.find === null) throw new Error(`not a pattern: ${text}`)
  return pattern.find
}

describe('rows', () => {
  it('are the lines, with omissions where they were', () => {
    expect(rowsOf(LINES, PAGE, EVERYTHING)).toEqual([
      { omitted: { count: 2, text: 'n1 2' } },
      { line: 0 },
      { line: 1 },
      { omitted: { count: 5, text: 'n2 5' } },
      { line: 2 },
      { omitted: { count: 2, text: 'n1 1, n2 1' } },
    ])
  })

  it('of one node have its omissions alone, added up where lines between them are hidden', () => {
    expect(rowsOf(LINES, PAGE, { ...EVERYTHING, nodes: new Set(['n2']) })).toEqual([
      { line: 1 },
      { omitted: { count: 6, text: 'n2 6' } },
    ])
    expect(rowsOf(LINES, PAGE, { ...EVERYTHING, levels: new Set(['error'] as const) })).toEqual([
      { omitted: { count: 2, text: 'n1 2' } },
      { line: 1 },
      { omitted: { count: 7, text: 'n2 6, n1 1' } },
    ])
  })

  it('are none without lines', () => {
    expect(rowsOf([], { nodes: [], gaps: [] }, EVERYTHING)).toEqual([])
  })
})

describe('a search', () => {
  const rows = rowsOf(LINES, PAGE, EVERYTHING)

  it('finds plain text in any case, and no pattern in it', () => {
    expect(findRows(rows, LINES, findOf('SAYS'))).toEqual([1, 2, 4])
    expect(findRows(rows, LINES, findOf('n1.says'))).toEqual([])
  })

  it('finds a regular expression, and says what is wrong with it', () => {
    expect(findRows(rows, LINES, findOf('n1 says [34]', true))).toEqual([1, 4])
    expect(patternOf('(', true)).toHaveProperty('error')
    expect(patternOf('(', false)).toHaveProperty('find')
    expect(patternOf('', true)).toEqual({ find: null })
  })

  it('marks matches and the time of the node', () => {
    expect(partsOf({ text: '15:00 a lost b lost', raw: [0, 5] }, findOf('lost'))).toEqual([
      { text: '15:00', kind: 'raw' },
      { text: ' a ', kind: 'text' },
      { text: 'lost', kind: 'match' },
      { text: ' b ', kind: 'text' },
      { text: 'lost', kind: 'match' },
    ])
  })

  it('ends with patterns that match nothing, and loses no character of any text', () => {
    const patterns = fc.constantFrom('a*', 'a', 'b|', '^', '.', 'ab')
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'b', '1') }),
        patterns,
        fc.boolean(),
        (text, find, isRaw) => {
          const parts = partsOf({ text, raw: isRaw && text.length > 2 ? [0, 2] : null }, findOf(find, true))
          expect(parts.map((part) => part.text).join('')).toBe(text)
        },
      ),
    )
  })
})
