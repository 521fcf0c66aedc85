/**
 * Histories in a small language, for tests: each line is a transaction, `process outcome ops`. Transactions run one after
 * another in the order of the lines. Transactions joined by `|` on one line run at the same time.
 *
 * - list-append: `ax1` appends 1 to x, `rx12` reads x as [1, 2], `rx` reads it as []
 * - rw-register: `wx1` writes 1 to x, `rx1` reads 1, `rx_` reads that it was never written
 */
import type { Operation } from '../../../harness/api/history.ts'
import { LIST_APPEND, type TransactionVocabulary } from '../../../harness/vocabularies/transactions.ts'
import type { MicroOp } from '../micro-op.ts'

const parseOp = (text: string, vocabulary: TransactionVocabulary): MicroOp => {
  const [f, key, ...rest] = text
  const digits = rest.join('')
  if (f === 'a') return ['append', key as string, Number(digits)]
  if (f === 'w') return ['w', key as string, Number(digits)]
  if (vocabulary === LIST_APPEND) return ['r', key as string, [...digits].map(Number)]
  return ['r', key as string, digits === '_' ? null : Number(digits)]
}

const OUTCOMES = { ok: 'ok', fail: 'fail', info: 'info' } as const

interface Parsed {
  readonly process: number
  readonly outcome: keyof typeof OUTCOMES
  readonly ops: readonly MicroOp[]
}

const parseTransaction = (text: string, vocabulary: TransactionVocabulary): Parsed => {
  const [process, outcome, ...ops] = text.trim().split(/\s+/)
  return {
    process: Number(process),
    outcome: outcome as keyof typeof OUTCOMES,
    ops: ops.map((op) => parseOp(op, vocabulary)),
  }
}

const unread = (ops: readonly MicroOp[]): readonly MicroOp[] =>
  ops.map((op) => (op[0] === 'r' ? ['r', op[1], null] : op))

export const historyOf = (text: string, vocabulary: TransactionVocabulary): readonly Operation[] => {
  const history: Operation[] = []
  const add = (type: Operation['type'], { process }: Parsed, value: unknown): void => {
    history.push({ index: history.length, timeNs: history.length * 1e6, process, type, f: 'txn', value })
  }
  for (const line of text.split('\n').filter((each) => each.trim() !== '')) {
    const group = line.split('|').map((each) => parseTransaction(each, vocabulary))
    for (const each of group) add('invoke', each, unread(each.ops))
    for (const each of group)
      add(OUTCOMES[each.outcome], each, each.outcome === 'ok' ? each.ops : unread(each.ops))
  }
  return history
}
