/**
 * Adya's definitions by brute force (1999, chapters 3 and 4), deliberately simple: all choices of the uncertain transactions
 * that committed, and all orders of the versions of each key. For a few transactions.
 */
import type { Scalar } from '../../../harness/vocabularies/values.ts'
import type { MicroOp } from '../micro-op.ts'
import { ABORTED, COMMITTED, type Transactions } from '../transactions.ts'

/** What a history exhibits, under one choice of versions. */
type Phenomenon =
  | 'dirty'
  | 'G0'
  | 'G1'
  | 'OTV'
  | 'fractured'
  | 'internal'
  | 'lost-update'
  | 'G-single'
  | 'G-update'
  | 'G-nonadjacent'
  | 'G2'

/** Scope of the orders that count as dependencies. */
export type OrderScope = 'alone' | 'session' | 'real-time'

const G1: readonly Phenomenon[] = ['dirty', 'G0', 'G1']
const SINGLE: readonly Phenomenon[] = [...G1, 'internal', 'G-single']

/** Level -> what it forbids: Adya 1999; Bailis 2013 and 2014 (MAV, RA); Crooks 2017 (PSI is PL-2+). */
export const FORBIDDEN = {
  'read-uncommitted': ['G0'],
  'committed-reads': ['dirty'],
  'read-committed': G1,
  'cursor-stability': [...G1, 'lost-update'],
  'monotonic-atomic-view': [...G1, 'OTV'],
  'read-atomic': [...G1, 'fractured', 'internal'],
  'consistent-view': SINGLE,
  'parallel-snapshot-isolation': SINGLE,
  'update-serializable': [...SINGLE, 'G-update'],
  'snapshot-isolation': [...SINGLE, 'G-nonadjacent'],
  'repeatable-read': [...SINGLE, 'G2'],
  serializable: [...SINGLE, 'G2'],
} as const satisfies Record<string, readonly Phenomenon[]>

export type OracleLevel = keyof typeof FORBIDDEN

/** A read of another transaction's version: its place among the operations, and the version; null: the initial one. */
interface Read {
  readonly at: number
  readonly key: Scalar
  readonly from: number | null
}

interface Row {
  readonly row: number
  readonly writes: ReadonlySet<Scalar>
  readonly reads: readonly Read[]
}

const permutations = <T>(items: readonly T[]): readonly (readonly T[])[] =>
  items.length < 2
    ? [items]
    : items.flatMap((item, i) => permutations(items.toSpliced(i, 1)).map((rest) => [item, ...rest]))

const product = <T>(lists: readonly (readonly T[])[]): readonly (readonly T[])[] =>
  lists.reduce<readonly (readonly T[])[]>(
    (all, list) => all.flatMap((some) => list.map((item) => [...some, item])),
    [[]],
  )

const subsets = <T>(items: readonly T[]): readonly (readonly T[])[] =>
  items.reduce<readonly (readonly T[])[]>((all, item) => all.flatMap((some) => [some, [...some, item]]), [[]])

const last = (value: MicroOp[2]): Scalar | null =>
  (Array.isArray(value) ? (value.at(-1) ?? null) : value) as Scalar | null

/** Registers only: what each committed transaction read and wrote; a phenomenon where its reads alone show one. */
const readRow = (
  history: Transactions,
  row: number,
  committed: ReadonlySet<number>,
): Row & { readonly shows: readonly Phenomenon[] } => {
  const ops = history.opsOf(row)
  const writes = new Set<Scalar>()
  const reads: Read[] = []
  const shows: Phenomenon[] = []
  const own = new Map<Scalar, Scalar | null>()
  for (const [at, [f, key, value]] of ops.entries()) {
    if (f !== 'r') {
      writes.add(key)
      own.set(key, value as Scalar)
      continue
    }
    if (history.outcome[row] !== COMMITTED) continue
    const seen = last(value)
    if (own.has(key) && own.get(key) !== seen) shows.push('internal')
    if (!own.has(key) || own.get(key) !== seen) {
      const isWriter = (each: number): boolean =>
        history.opsOf(each).some(([g, of, what]) => g !== 'r' && of === key && what === seen)
      const writer = [...history.outcome.keys()].findIndex(isWriter)
      if (seen !== null) {
        const finals = history.opsOf(writer).findLast(([g, of]) => g !== 'r' && of === key)
        if (!committed.has(writer) || finals?.[2] !== seen || writer === row) shows.push('dirty')
      }
      reads.push({ at, key, from: seen === null ? null : writer })
    }
    own.set(key, seen)
  }
  return { row, writes, reads, shows }
}

/** Whether the lists that a transaction read are what the order of versions says. */
const fitsLists = (
  history: Transactions,
  row: number,
  orders: ReadonlyMap<Scalar, readonly number[]>,
): boolean => {
  if (history.outcome[row] !== COMMITTED) return true
  const ops = history.opsOf(row)
  return ops.every(([f, key, value]) => {
    if (f !== 'r' || !Array.isArray(value)) return true
    const all = (orders.get(key) ?? []).flatMap((writer) =>
      history.opsOf(writer).flatMap(([g, of, what]) => (g !== 'r' && of === key ? [what] : [])),
    )
    return value.every((element, i) => element === all[i])
  })
}

/** Reachability in a small graph. */
const closureOf = (
  size: number,
  edges: readonly (readonly [number, number])[],
): readonly (readonly boolean[])[] => {
  const reach = Array.from({ length: size }, () => new Array<boolean>(size).fill(false))
  for (const [from, to] of edges) (reach[from] as boolean[])[to] = true
  for (let k = 0; k < size; k++)
    for (let i = 0; i < size; i++)
      for (let j = 0; j < size; j++) if (reach[i]?.[k] && reach[k]?.[j]) (reach[i] as boolean[])[j] = true
  return reach
}

const isCyclic = (size: number, edges: readonly (readonly [number, number])[]): boolean =>
  closureOf(size, edges).some((row, i) => row[i])

type Edge = readonly [number, number]

const phenomenaOf = (
  history: Transactions,
  rows: readonly Row[],
  orders: ReadonlyMap<Scalar, readonly number[]>,
  scope: OrderScope,
): ReadonlySet<Phenomenon> => {
  const { count, invokedAt, completedAt, process, outcome } = history
  const found = new Set<Phenomenon>()
  const ww: Edge[] = []
  const wr: Edge[] = []
  const rw: Edge[] = []
  const updated = new Map<string, number>()
  for (const order of orders.values())
    for (let i = 1; i < order.length; i++) ww.push([order[i - 1] as number, order[i] as number])
  const placeOf = (key: Scalar, row: number | null): number =>
    row === null ? -1 : (orders.get(key) ?? []).indexOf(row)
  for (const { row, reads, writes } of rows) {
    for (const { key, from } of reads) {
      if (from !== null && from !== row) wr.push([from, row])
      const next = orders.get(key)?.[placeOf(key, from) + 1]
      if (next !== undefined && next !== row) rw.push([row, next])
    }
    for (const key of writes) {
      const read = reads.find((each) => each.key === key)
      if (read === undefined) continue
      const base = `${key} ${read.from}`
      if (updated.has(base)) found.add('lost-update')
      updated.set(base, row)
    }
    for (const one of reads)
      for (const two of reads) {
        if (one.from === null || one.from === row) continue
        const missed = placeOf(two.key, one.from)
        if (missed === -1 || placeOf(two.key, two.from) >= missed) continue
        found.add('fractured')
        if (one.at < two.at) found.add('OTV')
      }
  }
  const extra: Edge[] = []
  for (const { row: a } of rows)
    for (const { row: b } of rows) {
      const isBefore = outcome[a] === COMMITTED && (completedAt[a] as number) < (invokedAt[b] as number)
      if (scope === 'real-time' && isBefore) extra.push([a, b])
      if (scope === 'session' && isBefore && process[a] === process[b]) extra.push([a, b])
    }
  const dependencies = [...ww, ...wr, ...extra]
  const reach = closureOf(count, dependencies)
  if (isCyclic(count, [...ww, ...extra])) found.add('G0')
  if (isCyclic(count, dependencies)) found.add('G1')
  if (rw.some(([from, to]) => from === to || reach[to]?.[from])) found.add('G-single')
  if (isCyclic(count, [...dependencies, ...rw])) found.add('G2')
  // Each vertex twice: after an anti-dependency only a dependency may follow.
  const twice = [
    ...dependencies.flatMap(([from, to]): Edge[] => [
      [2 * from, 2 * to],
      [2 * from + 1, 2 * to],
    ]),
    ...rw.map(([from, to]): Edge => [2 * from, 2 * to + 1]),
  ]
  if (isCyclic(2 * count, twice)) found.add('G-nonadjacent')
  const updates = new Set(rows.filter(({ writes }) => writes.size > 0).map(({ row }) => row))
  for (const { row } of rows) {
    const may = (each: number): boolean => each === row || updates.has(each)
    const some = [...dependencies, ...rw].filter(([from, to]) => may(from) && may(to))
    if (isCyclic(count, some)) found.add('G-update')
  }
  return found
}

/**
 * Whether some choice of the uncertain transactions and of the orders of versions exhibits nothing that the level forbids.
 * Null: too many orders to try.
 */
export const isPossible = (
  history: Transactions,
  level: OracleLevel,
  scope: OrderScope,
  most = 800,
): boolean | null => {
  const all = Array.from({ length: history.count }, (_, row) => row)
  const certain = all.filter((row) => history.outcome[row] === COMMITTED)
  const uncertain = all.filter(
    (row) => history.outcome[row] !== COMMITTED && history.outcome[row] !== ABORTED,
  )
  const forbidden = new Set<Phenomenon>(FORBIDDEN[level])
  for (const chosen of subsets(uncertain)) {
    const committed = new Set([...certain, ...chosen])
    const rows = [...committed].map((row) => readRow(history, row, committed))
    if (rows.some(({ shows }) => shows.some((each) => forbidden.has(each)))) continue
    const keys = [...new Set(rows.flatMap(({ writes }) => [...writes]))]
    const choices = keys.map((key) =>
      permutations(rows.filter(({ writes }) => writes.has(key)).map(({ row }) => row)),
    )
    if (choices.reduce((times, each) => times * each.length, 1) > most) return null
    for (const each of product(choices)) {
      const orders = new Map(keys.map((key, i) => [key, each[i] as readonly number[]]))
      if (!rows.every(({ row }) => fitsLists(history, row, orders))) continue
      const found = phenomenaOf(history, rows, orders, scope)
      if (![...found].some((each) => forbidden.has(each))) return true
    }
  }
  return false
}
