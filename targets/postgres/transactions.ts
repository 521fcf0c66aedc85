/** Transactions of several statements, each sent when the one before it has been answered. */
import type { Call } from '../../harness/api/history.ts'
import type { TransactionCall } from '../../harness/vocabularies/transactions.ts'
import type { Scalar } from '../../harness/vocabularies/values.ts'
import type { Ask, Runner } from './runner.ts'

type Op = readonly [f: string, key: Scalar, value: unknown]

/** The statements by their operations. Each has the key as its first parameter. */
interface Statements {
  readonly read: string
  /** Has the value as its second parameter. */
  readonly write: string
  /** What a read returns of a key that was never written. */
  readonly empty: unknown
}

export const LISTS: Statements = {
  read: 'SELECT to_json(items) AS answer FROM list WHERE key = $1',
  write:
    'INSERT INTO list AS l (key, items) VALUES ($1, ARRAY[$2::bigint]) ON CONFLICT (key) DO UPDATE SET items = l.items || excluded.items',
  empty: [],
}

export const CELLS: Statements = {
  read: 'SELECT to_json(value) AS answer FROM cell WHERE key = $1',
  write:
    'INSERT INTO cell (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
  empty: null,
}

const execute = async (ask: Ask, { read, write, empty }: Statements, op: Op): Promise<Op> => {
  const [f, key, value] = op
  if (f !== 'r') {
    await ask(write, [String(key), value])
    return op
  }
  const { rows } = await ask(read, [String(key)])
  return [f, key, rows[0]?.answer ?? empty]
}

export const actOnTransactions =
  (statements: Statements) =>
  (run: Runner, call: Call): Promise<unknown> =>
    run.transaction(async (ask) => {
      const done: Op[] = []
      for (const op of (call as TransactionCall).value as readonly Op[])
        done.push(await execute(ask, statements, op))
      return done
    })

/** One call of a function that locks the rows of all its keys: no isolation level is needed. */
export const actOnMultiRegister = async (run: Runner, call: Call): Promise<unknown> => {
  const ops = (call as TransactionCall).value as readonly Op[]
  const answers = (await run.write('SELECT cell_transaction($1) AS answer', [
    JSON.stringify(ops),
  ])) as readonly unknown[]
  return ops.map(([f, key, value], at): Op => [f, key, f === 'r' ? answers[at] : value])
}
