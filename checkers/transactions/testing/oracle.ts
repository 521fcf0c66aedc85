/** Brute force, deliberately simple: it tries the definitions over all orders. For a few transactions. */
import type { Scalar } from '../../../harness/vocabularies/values.ts'
import type { MicroOp } from '../micro-op.ts'
import { ABORTED, COMMITTED, type Transactions } from '../transactions.ts'

/** Key -> what a read of it returns. */
type State = ReadonlyMap<Scalar, unknown>

const apply = (state: State, op: MicroOp): State => {
  const [f, key, value] = op
  if (f === 'r') return state
  const next = f === 'append' ? [...((state.get(key) as Scalar[] | undefined) ?? []), value] : value
  return new Map([...state, [key, next]])
}

const fits = (state: State, [f, key, value]: MicroOp, empty: unknown): boolean =>
  f !== 'r' || JSON.stringify(state.get(key) ?? empty) === JSON.stringify(value)

/** The state after the transaction; null if its reads do not fit. Its reads are unknown unless it committed. */
const run = (history: Transactions, row: number, before: State, empty: unknown): State | null => {
  let state = before
  for (const op of history.opsOf(row)) {
    if (history.outcome[row] === COMMITTED && !fits(state, op, empty)) return null
    state = apply(state, op)
  }
  return state
}

/** Every choice of the uncertain transactions that happened. */
const chosen = (history: Transactions): readonly (readonly number[])[] => {
  const rows = Array.from({ length: history.count }, (_, row) => row)
  const certain = rows.filter((row) => history.outcome[row] === COMMITTED)
  const uncertain = rows.filter(
    (row) => history.outcome[row] !== COMMITTED && history.outcome[row] !== ABORTED,
  )
  return Array.from({ length: 2 ** uncertain.length }, (_, mask) => [
    ...certain,
    ...uncertain.filter((__, bit) => (mask >> bit) % 2 === 1),
  ])
}

const precedes = (history: Transactions, a: number, b: number): boolean =>
  (history.completedAt[a] as number) < (history.invokedAt[b] as number)

/**
 * Is there a serial order of the transactions that explains all reads?
 *
 * @param isStrict the order must also respect real time
 */
export const isSerializable = (history: Transactions, empty: unknown, isStrict: boolean): boolean => {
  const search = (left: readonly number[], state: State): boolean =>
    left.length === 0 ||
    left.some((row) => {
      if (isStrict && left.some((other) => precedes(history, other, row))) return false
      const after = run(history, row, state, empty)
      return (
        after !== null &&
        search(
          left.filter((other) => other !== row),
          after,
        )
      )
    })
  return chosen(history).some((rows) => search(rows, new Map()))
}

const writtenBy = (history: Transactions, row: number): ReadonlySet<Scalar> =>
  new Set(history.opsOf(row).flatMap(([f, key]) => (f === 'r' ? [] : [key])))

interface Started {
  readonly row: number
  /** How many transactions had committed at its start. */
  readonly at: number
}

/**
 * Are there snapshots and an order of commits so that each transaction read from its snapshot and its own writes, and none
 * wrote a key that another transaction wrote and committed in between? (Berenson et al. 1995, section 4.2; snapshots may be old.)
 */
export const isSnapshotIsolated = (history: Transactions, empty: unknown): boolean => {
  const search = (
    left: readonly number[],
    open: readonly Started[],
    log: readonly number[],
    state: State,
  ): boolean => {
    if (left.length === 0 && open.length === 0) return true
    const canCommit = open.some((started) => {
      const own = writtenBy(history, started.row)
      const conflicts = log
        .slice(started.at)
        .some((row) => [...writtenBy(history, row)].some((key) => own.has(key)))
      if (conflicts) return false
      const after = history.opsOf(started.row).reduce(apply, state)
      return search(
        left,
        open.filter((other) => other !== started),
        [...log, started.row],
        after,
      )
    })
    if (canCommit) return true
    return left.some((row) => {
      if (run(history, row, state, empty) === null) return false
      return search(
        left.filter((other) => other !== row),
        [...open, { row, at: log.length }],
        log,
        state,
      )
    })
  }
  return chosen(history).some((rows) => search(rows, [], [], new Map()))
}
