/** Which rows the list of log lines has, and which of them a search finds. Pure. */
import type { Level } from '../../logs/levels.ts'
import type { LogGap, PageLog, ShownLine } from '../../logs/page-log.ts'

/** Lines that are not on the page, at one place. */
export interface Omission {
  readonly count: number
  /** `n1 800, n2 404` */
  readonly text: string
}

export type Row = { readonly line: number } | { readonly omitted: Omission }

export interface LineFilter {
  readonly nodes: ReadonlySet<string>
  readonly levels: ReadonlySet<Level>
}

const omission = (counts: ReadonlyMap<string, number>): Omission => ({
  count: [...counts.values()].reduce((sum, each) => sum + each, 0),
  text: [...counts].map(([node, count]) => `${node} ${count.toLocaleString('en')}`).join(', '),
})

/** Adds the counts of the gaps of shown nodes at one place. */
const addGaps = (
  counts: Map<string, number>,
  gaps: readonly LogGap[],
  nodes: readonly string[],
  filter: LineFilter,
): void => {
  for (const gap of gaps) {
    const node = nodes[gap.node] as string
    if (filter.nodes.has(node)) counts.set(node, (counts.get(node) ?? 0) + gap.count)
  }
}

/** Lines that pass the filter, and omissions where they are. An omission has lines of any level. */
export const rowsOf = (
  lines: readonly ShownLine[],
  { gaps, nodes }: Pick<PageLog, 'gaps' | 'nodes'>,
  filter: LineFilter,
): readonly Row[] => {
  const gapsBefore = Map.groupBy(gaps, ({ before }) => before)
  const rows: Row[] = []
  let counts = new Map<string, number>()
  const flush = (): void => {
    if (counts.size === 0) return
    rows.push({ omitted: omission(counts) })
    counts = new Map()
  }
  lines.forEach((line, i) => {
    addGaps(counts, gapsBefore.get(i) ?? [], nodes, filter)
    if (!filter.nodes.has(line.node) || !filter.levels.has(line.level)) return
    flush()
    rows.push({ line: i })
  })
  addGaps(counts, gapsBefore.get(lines.length) ?? [], nodes, filter)
  flush()
  return rows
}

/** A pattern that finds all places in a text; null: nothing is searched for. An error says what is wrong. */
export type Pattern = { readonly find: RegExp | null } | { readonly error: string }

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')

/** Upper and lower case count as the same. */
export const patternOf = (text: string, isRegex: boolean): Pattern => {
  if (text === '') return { find: null }
  try {
    return { find: new RegExp(isRegex ? text : escaped(text), 'gi') }
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) }
  }
}

/** The indices of the rows in which it is found. */
export const findRows = (
  rows: readonly Row[],
  lines: readonly ShownLine[],
  find: RegExp,
): readonly number[] => {
  const found: number[] = []
  rows.forEach((row, i) => {
    if ('omitted' in row) return
    // It is a global pattern: it would go on where it last was.
    find.lastIndex = 0
    if (find.test((lines[row.line] as ShownLine).text)) found.push(i)
  })
  return found
}

/** A part of a text: a match of the search, the time as the node wrote it, or other text. */
export interface Part {
  readonly text: string
  readonly kind: 'match' | 'raw' | 'text'
}

/** Of one line, so many matches are marked. */
const MOST_MARKS = 200

/** The text of a line in parts, one after another. A match within the time is not marked apart. */
export const partsOf = (
  { text, raw }: Pick<ShownLine, 'text' | 'raw'>,
  find: RegExp | null,
): readonly Part[] => {
  const spans: { from: number; to: number; kind: Part['kind'] }[] = []
  if (find !== null) {
    find.lastIndex = 0
    for (let match = find.exec(text); match !== null && spans.length < MOST_MARKS; match = find.exec(text)) {
      // An empty match would be found again and again.
      if (match[0] === '') find.lastIndex++
      else spans.push({ from: match.index, to: match.index + match[0].length, kind: 'match' })
    }
  }
  if (raw !== null && spans.every(({ from, to }) => to <= raw[0] || from >= raw[1]))
    spans.push({ from: raw[0], to: raw[1], kind: 'raw' })
  spans.sort((a, b) => a.from - b.from)
  const parts: Part[] = []
  let at = 0
  for (const { from, to, kind } of spans) {
    if (from > at) parts.push({ text: text.slice(at, from), kind: 'text' })
    parts.push({ text: text.slice(from, to), kind })
    at = to
  }
  if (at < text.length) parts.push({ text: text.slice(at), kind: 'text' })
  return parts
}
