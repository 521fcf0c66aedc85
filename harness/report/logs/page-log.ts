/** The logs as the page holds them: columns that JSON can hold and deflate compresses well. The page reads them back. */
import type { LogFile } from './align.ts'
import { LEVELS, type Level } from './levels.ts'

/** Each column has an entry a line that is shown, in order of time. Numbers are differences to the line before. */
export interface PageLog {
  readonly nodes: readonly string[]
  readonly files: readonly LogFile[]
  readonly notes: readonly string[]
  /** A letter a line: the index of its level in `LEVELS`, as a digit. */
  readonly levels: string
  /** The index of its node, not a difference. */
  readonly node: readonly number[]
  /** Its number, as a difference to the line of the same node before. */
  readonly number: readonly number[]
  /** Its place in µs of the run, as a difference; null: no line of its file has a time. */
  readonly placeUs: readonly (number | null)[]
  /** Where in the text its own time begins and how long it is; -1 and 0: it has none. */
  readonly rawFrom: readonly number[]
  readonly rawLength: readonly number[]
  /** By how many µs the node's clock was ahead, as a difference. */
  readonly aheadUs: readonly number[]
  /** A character a line: 1 if its clock showed this time twice, else 0. */
  readonly unsure: string
  /** For how many µs its clock stood still from then on. */
  readonly frozenUs: readonly number[]
  readonly texts: readonly string[]
  readonly gaps: readonly LogGap[]
}

/** Lines of a node that were left out before the shown line with the index `before` (the count of shown lines: at the end). */
export interface LogGap {
  readonly before: number
  readonly node: number
  readonly count: number
}

/** A line on the page. */
export interface ShownLine {
  readonly node: string
  readonly number: number
  readonly text: string
  /** Null: no line of its file has a time. */
  readonly placeMs: number | null
  /** From and to; null: it has no time of its own. */
  readonly raw: readonly [number, number] | null
  readonly aheadMs: number
  /** It may have been written at another time: a fault moved its clock. */
  readonly isUnsure: boolean
  /** Its clock stood still: it may have been written up to so much later. */
  readonly frozenMs: number
  readonly level: Level
}

export const US_PER_MS = 1e3

export const decodeLines = (page: Omit<PageLog, 'files' | 'notes' | 'gaps'>): readonly ShownLine[] => {
  const numbers = page.nodes.map(() => 0)
  let [placeUs, aheadUs] = [0, 0]
  return page.texts.map((text, i): ShownLine => {
    const node = page.node[i] as number
    const number = (numbers[node] ?? 0) + (page.number[i] as number)
    numbers[node] = number
    const moved = page.placeUs[i] ?? null
    placeUs += moved ?? 0
    aheadUs += page.aheadUs[i] as number
    const from = page.rawFrom[i] as number
    return {
      node: page.nodes[node] as string,
      number,
      text,
      placeMs: moved === null ? null : placeUs / US_PER_MS,
      raw: from < 0 ? null : [from, from + (page.rawLength[i] as number)],
      aheadMs: aheadUs / US_PER_MS,
      isUnsure: page.unsure[i] === '1',
      frozenMs: (page.frozenUs[i] ?? 0) / US_PER_MS,
      level: LEVELS[Number(page.levels[i])] as Level,
    }
  })
}
