/**
 * Transactions whose writes depend on their reads, which etcd does not have. One etcd transaction reads all keys; a
 * second one writes the result if none of the keys that were read has changed since (optimistic, as etcd's own `stm`).
 * A conflict is a fail: nothing was written.
 */
import type { Call, Outcome } from '../../harness/api/history.ts'
import { parseJson, printJson } from '../../harness/support/json.ts'
import type { TransactionCall } from '../../harness/vocabularies/transactions.ts'
import type { Scalar } from '../../harness/vocabularies/values.ts'
import { fromBase64, type KeyValue, type Send, type TxnResponse, toBase64 } from './gateway.ts'

type Op = readonly [f: string, key: Scalar, value: unknown]

interface Stored {
  readonly value: unknown
  /** 0: the key does not exist. */
  readonly revision: string
}

const PREFIX = 'txn/'
const keyOf = (key: Scalar): string => toBase64(`${PREFIX}${printJson(key)}`)

const parse = (kv: KeyValue | undefined): Stored => ({
  value: kv?.value === undefined ? undefined : parseJson(fromBase64(kv.value)),
  revision: kv?.mod_revision ?? '0',
})

interface Done {
  readonly ops: readonly Op[]
  readonly writes: ReadonlyMap<Scalar, unknown>
}

/** What the operations return and write, one after another, given what was read. */
const execute = (ops: readonly Op[], stored: ReadonlyMap<Scalar, Stored>, empty: unknown): Done => {
  const writes = new Map<Scalar, unknown>()
  const now = (key: Scalar): unknown => writes.get(key) ?? stored.get(key)?.value ?? empty
  const done = ops.map(([f, key, value]): Op => {
    if (f === 'r') return [f, key, now(key)]
    writes.set(key, f === 'append' ? [...(now(key) as readonly unknown[]), value] : value)
    return [f, key, value]
  })
  return { ops: done, writes }
}

/** @param empty what a read returns of a key that was never written */
export const actOnTransactions =
  (empty: unknown) =>
  async (send: Send, call: Call): Promise<Outcome> => {
    const ops = (call as TransactionCall).value as readonly Op[]
    const isReadOnly = ops.every(([f]) => f === 'r')
    // A blind write does not depend on the old value.
    const needed = [...new Set(ops.filter(([f]) => f !== 'w').map(([, key]) => key))]
    const read = await send<TxnResponse>('/v3/kv/txn', {
      success: needed.map((key) => ({ request_range: { key: keyOf(key) } })),
    })
    if (read.type !== 'ok')
      return isReadOnly ? read : { ...read, type: 'fail', error: `nothing was written yet: ${read.error}` }
    const stored = new Map(
      needed.map((key, at) => [key, parse(read.body.responses?.[at]?.response_range?.kvs?.[0])]),
    )
    const { ops: done, writes } = execute(ops, stored, empty)
    if (isReadOnly) return { type: 'ok', value: done, meta: read.meta }
    const written = await send<TxnResponse>('/v3/kv/txn', {
      compare: needed.map((key) => ({
        key: keyOf(key),
        target: 'MOD',
        result: 'EQUAL',
        mod_revision: stored.get(key)?.revision ?? '0',
      })),
      success: [...writes].map(([key, value]) => ({
        request_put: { key: keyOf(key), value: toBase64(printJson(value)) },
      })),
    })
    if (written.type !== 'ok') return written
    if (written.body.succeeded !== true) return { type: 'fail', error: 'conflict', meta: written.meta }
    return { type: 'ok', value: done, meta: written.meta }
  }
