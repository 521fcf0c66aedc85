/** Large list-append histories from a simulated database whose isolation is known: for tests and benchmarks. */
import type { Operation } from '../../../harness/api/history.ts'
import type { Rng } from '../../../harness/api/random.ts'
import type { MicroOp } from '../micro-op.ts'

/**
 * - `serializable`: a transaction takes effect atomically when it ends (so it is strictly serializable);
 * - `snapshot`: it reads the state at its start, and fails if another transaction wrote one of its written keys meanwhile;
 * - `broken`: it reads the state at its start, and always commits.
 */
export type Isolation = 'serializable' | 'snapshot' | 'broken'

const PROCESSES = 20
const ACTIVE_KEYS = 10
const WRITES_PER_KEY = 32
const MOST_OPS = 4

interface Open {
  readonly process: number
  readonly plan: readonly MicroOp[]
  /** Key -> how long its list was at the start. */
  readonly seen: ReadonlyMap<number, number>
}

class Database {
  readonly #lists = new Map<number, number[]>()

  list(key: number): number[] {
    const known = this.#lists.get(key)
    if (known !== undefined) return known
    const list: number[] = []
    this.#lists.set(key, list)
    return list
  }
}

const execute = (
  database: Database,
  { plan, seen }: Open,
  isolation: Isolation,
): readonly MicroOp[] | null => {
  const writes = new Map<number, number[]>()
  const keys = plan.filter(([f]) => f === 'append').map(([, key]) => key as number)
  if (isolation === 'snapshot' && keys.some((key) => database.list(key).length !== seen.get(key))) return null
  const done = plan.map(([f, name, value]): MicroOp => {
    const key = name as number
    const own = writes.get(key) ?? []
    if (f === 'r') {
      const length = isolation === 'serializable' ? database.list(key).length : (seen.get(key) as number)
      return ['r', key, [...database.list(key).slice(0, length), ...own]]
    }
    writes.set(key, [...own, value as number])
    return ['append', key, value]
  })
  for (const [key, elements] of writes) database.list(key).push(...elements)
  return done
}

export const synthesise = (rng: Rng, count: number, isolation: Isolation): readonly Operation[] => {
  const database = new Database()
  const history: Operation[] = []
  const idle = Array.from({ length: PROCESSES }, (_, process) => process)
  const open: Open[] = []
  const active = Array.from({ length: ACTIVE_KEYS }, (_, key) => ({ key, writes: 0 }))
  let nextKey = ACTIVE_KEYS
  const drawOp = (): MicroOp => {
    const slot = rng.int(ACTIVE_KEYS)
    const { key, writes } = active[slot] as (typeof active)[number]
    if (rng.int(2) === 0) return ['r', key, null]
    const next = writes + 1
    active[slot] = next === WRITES_PER_KEY ? { key: nextKey++, writes: 0 } : { key, writes: next }
    return ['append', key, next]
  }
  const record = (type: Operation['type'], process: number, value: readonly MicroOp[]): void => {
    history.push({ index: history.length, timeNs: history.length * 1000, process, type, f: 'txn', value })
  }
  const begin = (): void => {
    const process = idle.pop() as number
    const plan = Array.from({ length: 1 + rng.int(MOST_OPS) }, drawOp)
    const seen = new Map(plan.map(([, key]) => [key as number, database.list(key as number).length]))
    open.push({ process, plan, seen })
    record('invoke', process, plan)
  }
  const end = (): void => {
    const at = rng.int(open.length)
    const transaction = open[at] as Open
    open[at] = open.at(-1) as Open
    open.pop()
    const done = execute(database, transaction, isolation)
    record(done === null ? 'fail' : 'ok', transaction.process, done ?? transaction.plan)
    idle.push(transaction.process)
  }
  for (let begun = 0; begun < count; ) {
    if (idle.length > 0 && (open.length === 0 || rng.int(2) === 0)) {
      begin()
      begun++
    } else end()
  }
  while (open.length > 0) end()
  return history
}
