/** Tables of findings. Rows in which nothing is wrong are listed only while there are few of them. */
import type { Subject, TableRow, TableView } from '../harness/api/verdict.ts'
import { Fingerprints } from './fingerprints.ts'
import { clipped, roomFor } from './view-limits.ts'

export interface TableParts {
  readonly columns: readonly string[]
  /** The number of rows in which nothing is wrong. Absent: there are none that could be listed. */
  readonly fine?: number
  /** These rows. Called only if they can be listed. */
  readonly fineRows?: () => readonly TableRow[]
  /** The place of a row in the table. Absent: rows keep the order in which they are given, the wrong ones first. */
  readonly order?: (row: TableRow) => number
  /** Each finding has one row, and no two rows are equal: those that are not listed need not be made to be counted. */
  readonly hasOneRowEach?: boolean
}

const MOST_ROWS = 300
/** More rows without a mark are only counted. */
const MOST_FINE = 20

/** A subject and an operation take about as many characters. */
const [SUBJECT_SIZE, OPERATION_SIZE] = [50, 8]

const sizeOf = ({ cells, operations, mark = '', about = [] }: TableRow): number =>
  cells.reduce((sum, cell) => sum + cell.length, mark.length) +
  OPERATION_SIZE * operations.length +
  SUBJECT_SIZE * about.length

/** Operations, and subjects, of one row that are linked. */
const MOST_LINKS = 20

/** One row of a table, with the operations and whatever else it is about. */
export const tableRow = (
  cells: readonly (string | number)[],
  operations: readonly number[],
  mark?: string,
  about: readonly Subject[] = [],
): TableRow => ({
  cells: cells.map((cell) => clipped(String(cell))),
  operations: operations.slice(0, MOST_LINKS),
  ...(mark === undefined ? {} : { mark }),
  ...(about.length === 0 ? {} : { about: about.slice(0, MOST_LINKS) }),
})

interface Distinct {
  readonly first: readonly TableRow[]
  readonly count: number
}

/** The first of so many rows, all of which differ. */
const firstRows = (rows: Iterable<TableRow>, count: number): Distinct => {
  const first: TableRow[] = []
  for (const row of rows) {
    first.push(row)
    if (first.length > MOST_ROWS) break
  }
  return { first, count }
}

/**
 * The first of these rows that differ, and the number of all that do. Of the others, which can be millions, nothing is kept
 * but fingerprints.
 */
const distinctRows = (rows: Iterable<TableRow>): Distinct => {
  const first = new Map<string, TableRow>()
  const all = new Fingerprints()
  for (const row of rows) {
    const name = `${row.mark} ${row.cells.join('\n')}`
    if (first.has(name) || (first.size <= MOST_ROWS && !all.has(name))) first.set(name, row)
    all.add(name)
  }
  return { first: [...first.values()], count: all.size }
}

/**
 * @param rows of the findings; a row of two findings is listed once
 * @param differing how many they are, if they are known to differ
 */
export const tableView = (
  { columns, fine = 0, fineRows = () => [], order }: TableParts,
  rows: Iterable<TableRow>,
  differing?: number,
): TableView => {
  const { first, count } = differing === undefined ? distinctRows(rows) : firstRows(rows, differing)
  const listed = roomFor(first, MOST_ROWS, sizeOf)
  const few = fine <= MOST_FINE ? fineRows() : []
  const shown = [...first.slice(0, listed), ...few]
  return {
    kind: 'table',
    columns,
    rows: order === undefined ? shown : shown.toSorted((a, b) => order(a) - order(b)),
    omitted: count - listed + fine - few.length,
    fine: fine - few.length,
  }
}
