/**
 * Transactions whose writes depend on their reads, which ZooKeeper does not have. All keys are read, and then one `multi`
 * checks that no znode that was read has changed since, and writes (optimistic). One that only reads is checked too: a `multi`
 * of checks is a transaction like any other. A conflict is a fail: nothing was written.
 */
import type { Call } from '../../harness/api/history.ts'
import type { TransactionCall } from '../../harness/vocabularies/transactions.ts'
import type { Scalar } from '../../harness/vocabularies/values.ts'
import { CODES } from './errors.ts'
import { check, create, type Node, type Request, remove, setData } from './requests.ts'
import { Conflict, type Store } from './store.ts'

type Op = readonly [f: string, key: Scalar, value: unknown]

const pathOf = (key: Scalar): string => `/txn-${encodeURIComponent(JSON.stringify(key))}`

interface Done {
  readonly ops: readonly Op[]
  readonly writes: ReadonlyMap<Scalar, unknown>
}

/** What the operations return and write, one after another, given what was read. */
const execute = (ops: readonly Op[], found: ReadonlyMap<Scalar, Node | null>, empty: unknown): Done => {
  const writes = new Map<Scalar, unknown>()
  const now = (key: Scalar): unknown => {
    if (writes.has(key)) return writes.get(key)
    const node = found.get(key) ?? null
    return node === null ? empty : JSON.parse(node.data)
  }
  const done = ops.map(([f, key, value]): Op => {
    if (f === 'r') return [f, key, now(key)]
    writes.set(key, f === 'append' ? [...(now(key) as readonly unknown[]), value] : value)
    return [f, key, value]
  })
  return { ops: done, writes }
}

/** That the znode is as it was found. One that does not exist cannot be checked: it can only be created, and deleted again. */
const unchanged = (path: string, node: Node | null): readonly Request<unknown>[] =>
  node === null ? [create(path, ''), remove(path)] : [check(path, node.version)]

const partsFor = (
  found: ReadonlyMap<Scalar, Node | null>,
  writes: ReadonlyMap<Scalar, unknown>,
): readonly Request<unknown>[] =>
  [...found].flatMap(([key, node]) => {
    if (!writes.has(key)) return unchanged(pathOf(key), node)
    const data = JSON.stringify(writes.get(key))
    return [node === null ? create(pathOf(key), data) : setData(pathOf(key), data, node.version)]
  })

/** @param empty what a read returns of a key that was never written */
export const actOnTransactions =
  (empty: unknown) =>
  async (store: Store, call: Call): Promise<unknown> => {
    const ops = (call as TransactionCall).value as readonly Op[]
    const found = new Map<Scalar, Node | null>()
    for (const [, key] of ops) if (!found.has(key)) found.set(key, await store.find(pathOf(key)))
    const { ops: done, writes } = execute(ops, found, empty)
    const conflicts = [CODES.noNode, CODES.badVersion, CODES.nodeExists]
    const applied = await store.transact(partsFor(found, writes), ...conflicts)
    if (applied === null) throw new Conflict('conflict')
    return done
  }
