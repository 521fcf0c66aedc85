/** The rows of a table of evidence that are about the same object, so that hundreds of rows show their pattern. Pure. */
import type { TableRow } from '../../../api/verdict.ts'

export interface Group {
  readonly mark: string
  /** Such as a schedule, a key or a node. */
  readonly object: string
  /** What of it has that mark, in the order of the rows. */
  readonly parts: readonly string[]
}

/** Fewer rows are read at a glance. */
const LEAST_ROWS = 8

interface Named {
  readonly object: string
  readonly part: string
}

/** `3-1/9` is part 9 of 3-1. */
const inFirstCell = ({ cells: [first = '', second = ''] }: TableRow): Named => {
  const [, object, part] = /^(.+)\/([^/]+)$/.exec(first) ?? []
  return object === undefined || part === undefined ? { object: first, part: second } : { object, part }
}

/** The first column may be a time or a number. */
const inSecondCell = ({ cells: [first = '', second = ''] }: TableRow): Named => ({
  object: second,
  part: first,
})

const groupsBy = (rows: readonly TableRow[], nameOf: (row: TableRow) => Named): readonly Group[] => {
  const groups = new Map<string, { mark: string; object: string; parts: string[] }>()
  for (const row of rows) {
    const { object, part } = nameOf(row)
    const mark = row.mark ?? ''
    const name = JSON.stringify([mark, object])
    const own = groups.get(name)
    if (own === undefined) groups.set(name, { mark, object, parts: [part] })
    else own.parts.push(part)
  }
  return [...groups.values()]
}

/** Rows with a mark, by their object; empty: there are few, or most have an object of their own. */
export const groupsOf = (rows: readonly TableRow[]): readonly Group[] => {
  const marked = rows.filter(({ mark }) => mark !== undefined)
  if (marked.length < LEAST_ROWS) return []
  const all = [inFirstCell, inSecondCell].map((nameOf) => groupsBy(marked, nameOf))
  return all.find((groups) => 2 * groups.length <= marked.length) ?? []
}
