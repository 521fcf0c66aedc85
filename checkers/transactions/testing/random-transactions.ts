/** Random small histories of transactions, with reads of states that some order of the writes would produce. */
import type fc from 'fast-check'
import type { Operation } from '../../../harness/api/history.ts'
import type { Rng } from '../../../harness/api/random.ts'
import { rngFromSeed } from '../../../harness/support/random.ts'
import { LIST_APPEND, type TransactionVocabulary } from '../../../harness/vocabularies/transactions.ts'
import { seeded, without } from '../../porcupine-ts/testing/seeded.ts'
import type { MicroOp } from '../micro-op.ts'
import { ABORTED, COMMITTED, type Transactions } from '../transactions.ts'

const KEYS = ['x', 'y']
const OUTCOMES = ['ok', 'ok', 'ok', 'ok', 'ok', 'info', 'fail'] as const

interface Drawn {
  readonly ops: readonly MicroOp[]
  readonly outcome: (typeof OUTCOMES)[number]
}

/** First the writes of each transaction, then reads of states that some order of the writes would produce. */
const drawTransactions = (rng: Rng, count: number, vocabulary: TransactionVocabulary): readonly Drawn[] => {
  let next = 1
  const written = new Map<string, number[]>(KEYS.map((key) => [key, []]))
  const isAppend = vocabulary === LIST_APPEND
  const plans = Array.from({ length: count }, (_, row) => {
    const draw = rng.fork('transaction', row)
    const outcome = draw.fork('outcome').pick(OUTCOMES)
    const ops = Array.from({ length: 1 + draw.fork('length').int(3) }, (__, at) => {
      const key = draw.fork('key', at).pick(KEYS)
      if (draw.fork('kind', at).int(2) === 0) return ['r', key, null] as MicroOp
      const value = next++
      // Failed writes are rarely read, so that there are other anomalies than aborted reads.
      if (outcome !== 'fail' || draw.fork('seen', at).int(4) === 0) (written.get(key) as number[]).push(value)
      return [isAppend ? 'append' : 'w', key, value] as MicroOp
    })
    return { ops, outcome }
  })
  const orders = new Map([...written].map(([key, values]) => [key, rng.fork('order', key).shuffle(values)]))
  const read = (draw: Rng, key: string): MicroOp[2] => {
    const order = orders.get(key) as number[]
    if (isAppend) return order.slice(0, draw.int(order.length + 1))
    return draw.int(order.length + 1) === 0 ? null : (order[draw.fork('which').int(order.length)] ?? null)
  }
  return plans.map(({ ops, outcome }, row) => ({
    outcome,
    ops: ops.map(([f, key, value], at) =>
      f === 'r' ? ['r', key, read(rng.fork('read', row, at), key as string)] : [f, key, value],
    ),
  }))
}

/** A process takes up its next transaction as soon as the one before it is over, unless that has an unknown outcome. */
const record = (rng: Rng, drawn: readonly Drawn[]): readonly Operation[] => {
  const history: Operation[] = []
  const processes = new Map<number, number>()
  const idle: number[] = []
  const add = (type: Operation['type'], row: number, value: unknown): void => {
    const process = processes.get(row) as number
    history.push({ index: history.length, timeNs: history.length, process, type, f: 'txn', value })
  }
  const open = new Set<number>()
  const complete = (row: number): void => {
    const { ops, outcome } = drawn[row] as Drawn
    add(outcome, row, ops)
    open.delete(row)
    if (outcome !== 'info') idle.push(processes.get(row) as number)
  }
  for (const [row, { ops }] of drawn.entries()) {
    for (const other of [...open]) if (rng.fork('done', row, other).int(2) === 0) complete(other)
    processes.set(row, idle.pop() ?? row)
    add(
      'invoke',
      row,
      ops.map(([f, key, value]) => (f === 'r' ? [f, key, null] : [f, key, value])),
    )
    open.add(row)
  }
  for (const row of [...open]) complete(row)
  return history
}

const drawHistory = (seed: number, vocabulary: TransactionVocabulary): readonly Operation[] => {
  const rng = rngFromSeed(seed)
  const drawn = drawTransactions(rng.fork('what'), 2 + rng.fork('count').int(4), vocabulary)
  return record(rng.fork('when'), drawn)
}

type Step = readonly [row: number, at: number]

/** The row of the transaction of each event. */
const rowsOf = (history: readonly Operation[]): readonly number[] => {
  const open = new Map<Operation['process'], number>()
  let next = 0
  return history.map(({ process, type }) => {
    if (type === 'invoke') open.set(process, next++)
    return open.get(process) as number
  })
}

const stepsOf = (history: readonly Operation[]): readonly Step[] => {
  const rows = rowsOf(history)
  return history.flatMap(({ type, value }, i) =>
    type === 'invoke' ? (value as readonly MicroOp[]).map((_, at): Step => [rows[i] as number, at]) : [],
  )
}

/** A history with only these steps; values that are no longer written are no longer read. */
const restrictedTo = (history: readonly Operation[], steps: readonly Step[]): readonly Operation[] => {
  const rows = rowsOf(history)
  const isTaken = (row: number, at: number): boolean =>
    steps.some(([of, place]) => of === row && place === at)
  const kept = history
    .map((event, i) => ({
      ...event,
      value: (event.value as readonly MicroOp[]).filter((_, at) => isTaken(rows[i] as number, at)),
    }))
    .filter(({ value }) => value.length > 0)
  const written = new Set(
    kept.flatMap(({ value }) => value.flatMap(([f, , what]) => (f === 'r' ? [] : [what]))),
  )
  const seen = (what: MicroOp[2]): MicroOp[2] =>
    Array.isArray(what) ? what.filter((each) => written.has(each)) : written.has(what as number) ? what : null
  return kept.map(({ value, ...event }, index) => ({
    ...event,
    index,
    timeNs: index,
    value: value.map(([f, key, what]) => (f === 'r' ? [f, key, seen(what)] : [f, key, what])),
  }))
}

function* simplerHistories(history: readonly Operation[]): Generator<readonly Operation[]> {
  for (const steps of without(stepsOf(history))) yield restrictedTo(history, steps)
}

export const histories = (vocabulary: TransactionVocabulary): fc.Arbitrary<readonly Operation[]> =>
  seeded((seed) => drawHistory(seed, vocabulary), simplerHistories)

/** Whether no key has unread appends of several transactions: for snapshots their order would matter, but it is unknown. */
export const isOrderKnown = ({ count, outcome, ...history }: Transactions): boolean =>
  KEYS.every((key) => {
    const rows = Array.from({ length: count }, (_, row) => row).filter((row) => outcome[row] !== ABORTED)
    const read = rows.flatMap((row) =>
      history
        .opsOf(row)
        .flatMap(([f, of, value]) =>
          f === 'r' && of === key && outcome[row] === COMMITTED ? (value as readonly number[]) : [],
        ),
    )
    const unread = rows.filter((row) =>
      history
        .opsOf(row)
        .some(([f, of, value]) => f === 'append' && of === key && !read.includes(value as number)),
    )
    return unread.length <= 1
  })
