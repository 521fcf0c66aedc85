/**
 * Draws a few operations as text, one line per process, with time to the right:
 *
 *     p0:  |---- write 1 ok ----|
 *     p3:                          |-- read -> null --|   <-- cannot be placed
 *
 * Columns show the order of events, not seconds, so short operations beside long ones stay readable.
 */

export interface Bar {
  readonly row: string
  readonly start: number
  /** Null: still open at the end. */
  readonly end: number | null
  readonly label: string
  readonly note?: string
}

const compare = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true })

/** The column of every event, spaced so that each bar has room for its label. */
const layout = (bars: readonly Bar[]): ReadonlyMap<number, number> => {
  const times = [...new Set(bars.flatMap((bar) => [bar.start, bar.end ?? Number.POSITIVE_INFINITY]))].sort(
    (a, b) => a - b,
  )
  const columns = new Map<number, number>()
  let column = 0
  for (const time of times) {
    for (const bar of bars) {
      if ((bar.end ?? Number.POSITIVE_INFINITY) !== time) continue
      column = Math.max(column, (columns.get(bar.start) as number) + bar.label.length + 5)
    }
    columns.set(time, column)
    column += 2
  }
  return columns
}

export const drawDiagram = (bars: readonly Bar[]): string => {
  const columns = layout(bars)
  const rows = [...new Set(bars.map((bar) => bar.row))].sort(compare)
  const width = Math.max(0, ...rows.map((row) => row.length))
  const lines = rows.map((row) => {
    let line = ''
    const notes: string[] = []
    for (const bar of bars.filter((b) => b.row === row).sort((a, b) => a.start - b.start)) {
      const from = columns.get(bar.start) as number
      const to = columns.get(bar.end ?? Number.POSITIVE_INFINITY) as number
      const inner = Math.max(bar.label.length + 2, to - from - 1)
      const left = Math.floor((inner - bar.label.length - 2) / 2)
      const right = inner - bar.label.length - 2 - left
      const end = bar.end === null ? '...' : '|'
      line = `${line.padEnd(from)}|${'-'.repeat(left)} ${bar.label} ${'-'.repeat(right)}${end}`
      if (bar.note !== undefined) notes.push(bar.note)
    }
    return `${row.padStart(width)}:  ${line}${notes.map((note) => `   <-- ${note}`).join('')}`
  })
  return lines.join('\n')
}
