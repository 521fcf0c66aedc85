/** A proof of an anomaly in a form that a page can draw: a circle of transactions. */
import type { CycleView, Evidence } from '../../harness/api/verdict.ts'
import { printJson } from '../../harness/support/json.ts'
import { clipped } from '../view-limits.ts'
import type { MicroOp } from './micro-op.ts'
import type { Proof } from './proofs.ts'
import type { Transactions } from './transactions.ts'

/** Longer circles and lists of other transactions are told in words alone. */
const MOST_TRANSACTIONS = 200

const SHOWN_ELEMENTS = 4

/** Of a long list, its end. */
const valueText = (value: MicroOp[2]): string => {
  if (!Array.isArray(value)) return printJson(value)
  const hidden = value.length - SHOWN_ELEMENTS
  return hidden <= 0 ? printJson(value) : `[${hidden} more, ${value.slice(hidden).map(printJson).join(', ')}]`
}

const textOf = (ops: readonly MicroOp[]): string =>
  clipped(ops.map(([f, key, value]) => `${f} ${key} ${valueText(value)}`).join('; '))

/** The anomaly by name, and the circle if it is one. */
export const drawnProof = (
  { anomaly, edges, transactions: rows }: Proof,
  { invokedAt, ...history }: Transactions,
): Pick<Evidence, 'anomaly' | 'view'> => {
  if (edges === undefined || edges.length > MOST_TRANSACTIONS) return { anomaly }
  const view: CycleView = {
    kind: 'cycle',
    transactions: rows.slice(0, MOST_TRANSACTIONS).map((row) => ({
      operation: invokedAt[row] as number,
      text: textOf(history.opsOf(row)),
    })),
    edges: edges.map(({ kind, why }) => ({ kind, why: clipped(why) })),
  }
  return { anomaly, view }
}
