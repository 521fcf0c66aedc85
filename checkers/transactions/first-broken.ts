/**
 * The shortest beginning of a history that breaks a promise. What is wrong with a whole history is told by its worst anomaly
 * and its shortest cycle, which may be long after the promise was broken first: whatever happened just before that is the reason.
 */
import type { MicroOp } from './micro-op.ts'
import { inOrderOfCompletion, rowsOf } from './order.ts'
import { COMMITTED, type Transactions, UNCERTAIN } from './transactions.ts'

/** In all, so many transactions are judged again: some seconds. */
const MOST_JUDGED = 200_000
const FIRST_LENGTH = 16

/** An answer that is not there yet tells nothing. */
const withoutResult = (op: MicroOp): MicroOp => (op[0] === 'r' ? [op[0], op[1], null] : op)

/** The history up to an operation: what was to commit later may still commit. What aborts does so in any case. */
export const upTo = (whole: Transactions, last: number): Transactions => {
  let count = 0
  while (count < whole.count && (whole.invokedAt[count] as number) <= last) count++
  const isLate = (row: number): boolean =>
    whole.outcome[row] === COMMITTED && (whole.completedAt[row] as number) > last
  const [outcome, completedAt] = [whole.outcome.slice(0, count), whole.completedAt.slice(0, count)]
  for (let row = 0; row < count; row++)
    if (isLate(row)) {
      outcome[row] = UNCERTAIN
      completedAt[row] = Number.POSITIVE_INFINITY
    }
  return {
    ...{ count, outcome, completedAt },
    process: whole.process.subarray(0, count),
    invokedAt: whole.invokedAt.subarray(0, count),
    ops: whole.ops,
    opsOf: (row) => (isLate(row) ? whole.opsOf(row).map(withoutResult) : whole.opsOf(row)),
  }
}

/** What is known of the shortest beginning that is broken. */
export interface FirstBroken {
  /** Null: none that is shorter than the whole is known to be broken. */
  readonly beginning: Transactions | null
  /** False: a shorter one may be broken, and it took too long to look. */
  readonly isShortest: boolean
}

/**
 * Whatever breaks a beginning breaks all that begin with it. So the length is doubled until one is broken, and then bisected. If
 * that takes too long, the shortest that is known to be broken counts.
 *
 * @param whole which is broken
 */
export const firstBroken = (
  whole: Transactions,
  isBroken: (beginning: Transactions) => boolean,
  mostJudged = MOST_JUDGED,
): FirstBroken => {
  const ended = inOrderOfCompletion(whole, rowsOf(whole))
  let left = mostJudged
  let beginning: Transactions | null = null
  /** Whether the beginning that ends with so many commits is broken; null: it takes too long to tell. */
  const isBrokenAfter = (commits: number): boolean | null => {
    const shorter = upTo(whole, whole.completedAt[ended[commits - 1] as number] as number)
    left -= shorter.count
    if (left < 0) return null
    const broken = isBroken(shorter)
    if (broken) beginning = shorter
    return broken
  }
  let [fine, broken] = [0, Math.min(FIRST_LENGTH, ended.length)]
  for (; broken < ended.length; broken = Math.min(2 * broken, ended.length)) {
    const found = isBrokenAfter(broken)
    if (found === null) return { beginning, isShortest: false }
    if (found) break
    fine = broken
  }
  while (broken - fine > 1) {
    const middle = (fine + broken) >> 1
    const found = isBrokenAfter(middle)
    if (found === null) return { beginning, isShortest: false }
    if (found) broken = middle
    else fine = middle
  }
  return { beginning, isShortest: true }
}
