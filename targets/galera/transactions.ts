/** Transactions of several statements, each sent when the one before it has been answered. */
import type { Call } from '../../harness/api/history.ts'
import type { TransactionCall } from '../../harness/vocabularies/transactions.ts'
import type { Scalar } from '../../harness/vocabularies/values.ts'
import type { Row } from './connect.ts'
import type { Act } from './objects.ts'
import type { Ask } from './runner.ts'

type Op = readonly [f: string, key: Scalar, value: unknown]

/** The statements by their operations. Each has the key as its first parameter. */
interface Statements {
  readonly read: string
  /** Has the value as its second parameter. */
  readonly write: string
  /** What a read returns; undefined: there is no row. */
  readonly decode: (row: Row | undefined) => unknown
}

/** A list is a text of numbers with commas between them: MariaDB appends to it in place, whatever the snapshot. */
export const LISTS: Statements = {
  read: 'SELECT items FROM list WHERE k = ?',
  write:
    "INSERT INTO list (k, items) VALUES (?, ?) ON DUPLICATE KEY UPDATE items = CONCAT(items, ',', VALUES(items))",
  decode: (row) => (row === undefined ? [] : String(row.items).split(',').map(Number)),
}

export const CELLS: Statements = {
  read: 'SELECT value FROM cell WHERE k = ?',
  write: 'INSERT INTO cell (k, value) VALUES (?, ?) ON DUPLICATE KEY UPDATE value = VALUES(value)',
  decode: (row) => row?.value ?? null,
}

const execute = async (ask: Ask, { read, write, decode }: Statements, op: Op): Promise<Op> => {
  const [f, key, value] = op
  if (f !== 'r') {
    await ask(write, [String(key), value])
    return op
  }
  const { rows } = await ask(read, [String(key)])
  return [f, key, decode(rows[0])]
}

export const actOnTransactions =
  (statements: Statements): Act =>
  (run, call: Call) =>
    run.transaction(async (ask) => {
      const done: Op[] = []
      for (const op of (call as TransactionCall).value as readonly Op[])
        done.push(await execute(ask, statements, op))
      return done
    })
