/** Random small histories, against brute force over all orders. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Operation } from '../../harness/api/history.ts'
import type { Rng } from '../../harness/api/random.ts'
import { pairOperations } from '../../harness/history/pairs.ts'
import { rngFromSeed } from '../../harness/support/random.ts'
import { sized } from '../../harness/testing/capabilities.ts'
import {
  LIST_APPEND,
  RW_REGISTER,
  type TransactionVocabulary,
} from '../../harness/vocabularies/transactions.ts'
import { SEED, seeded, without } from '../porcupine-ts/testing/seeded.ts'
import { judgeTransactions } from './judge.ts'
import { isSerializable, isSnapshotIsolated } from './testing/oracle.ts'
import { ABORTED, COMMITTED, type MicroOp, readTransactions, type Transactions } from './transactions.ts'

const HISTORIES = sized(4000, 60_000)
const KEYS = ['x', 'y']
const OUTCOMES = ['ok', 'ok', 'ok', 'ok', 'ok', 'info', 'fail'] as const

interface Drawn {
  readonly ops: readonly MicroOp[]
  readonly outcome: (typeof OUTCOMES)[number]
}

/** Writes first: who writes what; then reads, of states that some order of the writes would have. */
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
      // What failed is seldom read, so that there is more than aborted reads.
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

const record = (rng: Rng, drawn: readonly Drawn[]): readonly Operation[] => {
  const history: Operation[] = []
  const add = (type: Operation['type'], process: number, value: unknown): void => {
    history.push({ index: history.length, timeNs: history.length, process, type, f: 'txn', value })
  }
  const open = new Set<number>()
  const complete = (row: number): void => {
    const { ops, outcome } = drawn[row] as Drawn
    add(outcome, row, ops)
    open.delete(row)
  }
  for (const [row, { ops }] of drawn.entries()) {
    for (const other of [...open]) if (rng.fork('done', row, other).int(2) === 0) complete(other)
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

type Step = readonly [process: number, at: number]

const stepsOf = (history: readonly Operation[]): readonly Step[] =>
  history
    .filter(({ type }) => type === 'invoke')
    .flatMap(({ process, value }) =>
      (value as readonly MicroOp[]).map((_, at): Step => [process as number, at]),
    )

/** A history in which only these steps were taken; what nobody writes now, nobody reads. */
const restrictedTo = (history: readonly Operation[], steps: readonly Step[]): readonly Operation[] => {
  const isTaken = (process: unknown, at: number): boolean =>
    steps.some(([of, place]) => of === process && place === at)
  const kept = history
    .map((event) => ({
      ...event,
      value: (event.value as readonly MicroOp[]).filter((_, at) => isTaken(event.process, at)),
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

const histories = (vocabulary: TransactionVocabulary): fc.Arbitrary<readonly Operation[]> =>
  seeded((seed) => drawHistory(seed, vocabulary), simplerHistories)

/** Whether of no key several transactions' appends are unread: for snapshots their order would matter, and nothing tells it. */
const isOrderKnown = ({ count, ops, outcome }: Transactions): boolean =>
  KEYS.every((key) => {
    const rows = Array.from({ length: count }, (_, row) => row).filter((row) => outcome[row] !== ABORTED)
    const read = rows.flatMap((row) =>
      (ops[row] as readonly MicroOp[]).flatMap(([f, of, value]) =>
        f === 'r' && of === key && outcome[row] === COMMITTED ? (value as readonly number[]) : [],
      ),
    )
    const unread = rows.filter((row) =>
      (ops[row] as readonly MicroOp[]).some(
        ([f, of, value]) => f === 'append' && of === key && !read.includes(value as number),
      ),
    )
    return unread.length <= 1
  })

/** Each with its outcome, one a line. */
const shown = (history: Transactions): string =>
  history.ops.map((ops, row) => `${history.outcome[row]} ${JSON.stringify(ops)}`).join('\n')

it('list-append: serializable, strictly serializable, snapshot isolated exactly where some order is', () => {
  const seen = { serializable: [0, 0], strict: [0, 0], snapshot: [0, 0] }
  const isExact = fc.property(histories(LIST_APPEND), (operations) => {
    const history = readTransactions(pairOperations(operations), LIST_APPEND)
    const { broken, counts } = judgeTransactions(history, { vocabulary: LIST_APPEND })
    const text = `${shown(history)}: ${[...counts.keys()]}`
    const expected = {
      serializable: isSerializable(history, [], false),
      strict: isSerializable(history, [], true),
      snapshot: isSnapshotIsolated(history, []),
    }
    expect(!broken.has('serializable'), `serializable, ${text}`).toBe(expected.serializable)
    expect(!broken.has('strict-serializable'), `strict, ${text}`).toBe(expected.strict)
    if (broken.has('snapshot-isolation') || isOrderKnown(history))
      expect(!broken.has('snapshot-isolation'), `snapshot, ${text}`).toBe(expected.snapshot)
    for (const [name, holds] of Object.entries(expected)) seen[name as keyof typeof seen][holds ? 1 : 0]!++
  })
  fc.assert(isExact, { seed: SEED, numRuns: HISTORIES })
  for (const [no, yes] of Object.values(seen))
    expect(Math.min(no as number, yes as number)).toBeGreaterThan(300)
})

it('rw-register: what is called an anomaly has no serial order', () => {
  let found = 0
  const isSound = fc.property(histories(RW_REGISTER), (operations) => {
    const history = readTransactions(pairOperations(operations), RW_REGISTER)
    const { broken, counts } = judgeTransactions(history, { vocabulary: RW_REGISTER })
    const text = `${shown(history)}: ${[...counts.keys()]}`
    if (broken.has('serializable')) expect(isSerializable(history, null, false), text).toBe(false)
    if (broken.has('strict-serializable')) expect(isSerializable(history, null, true), text).toBe(false)
    if (broken.has('snapshot-isolation')) expect(isSnapshotIsolated(history, null), text).toBe(false)
    if (broken.has('serializable')) found++
  })
  fc.assert(isSound, { seed: SEED, numRuns: HISTORIES })
  expect(found).toBeGreaterThan(300)
})
