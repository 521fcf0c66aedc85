/**
 * Hand-written histories; and the checker against the definition (Bouajjani et al. 2017, definition 6), by brute force: a
 * history is causally consistent if some partial order that contains the order of each session explains every read. All
 * 4231 partial orders over five operations are tried.
 */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Rng } from '../../harness/api/random.ts'
import { rngFromSeed } from '../../harness/support/random.ts'
import { cases, inDoubt, refused } from '../../harness/testing/cases.ts'
import { oldReads } from '../../harness/testing/promises.ts'
import { recordOf } from '../../harness/testing/record.ts'
import { done, historyOf, judgeSteps, type Step } from '../../harness/testing/steps.ts'
import { REGISTER } from '../../harness/vocabularies/register.ts'
import { SEED, seeded, without } from '../porcupine-ts/testing/seeded.ts'
import { causal, judgeCausal } from './causal.ts'

const write = (process: number, key: string, value: number) => done(process, 'write', { key, value })
const read = (process: number, key: string, value: number | null) =>
  done(process, 'read', { key }, { key, value })
const swap = (process: number, key: string, expected: number, next: number, applied = true) =>
  done(process, 'cas', { key, expected, next }, { key, expected, next, applied })
cases(causal({ initial: null }), [
  ['nothing', 'unknown'],
  [
    'reads of what was written',
    'valid',
    write(0, 'x', 1),
    read(1, 'x', 1),
    write(1, 'y', 2),
    read(2, 'y', 2),
    read(2, 'x', 1),
  ],
  ['a read that is merely old', 'valid', write(0, 'x', 1), read(1, 'x', null)],
  [
    'writes without causes, seen in either order',
    'valid',
    write(0, 'x', 1),
    write(1, 'x', 2),
    read(2, 'x', 1),
    read(3, 'x', 2),
    read(3, 'x', 1),
  ],
  [
    'an effect, and not its cause',
    'invalid',
    write(0, 'x', 1),
    read(1, 'x', 1),
    write(1, 'y', 2),
    read(2, 'y', 2),
    read(2, 'x', null),
  ],
  [
    'what a cause had replaced',
    'invalid',
    write(0, 'x', 1),
    read(1, 'x', 1),
    write(1, 'x', 2),
    write(1, 'y', 3),
    read(2, 'y', 3),
    read(2, 'x', 1),
  ],
  ['not what one wrote oneself', 'invalid', write(0, 'x', 1), read(0, 'x', null)],
  [
    'what a compare-and-set replaced',
    'invalid',
    write(0, 'x', 1),
    swap(1, 'x', 1, 2),
    read(2, 'x', 2),
    read(2, 'x', 1),
  ],
  [
    'what a compare-and-set did not replace',
    'valid',
    write(0, 'x', 1),
    swap(1, 'x', 7, 2, false),
    read(1, 'x', 1),
  ],
  [
    'a write in doubt, read or not',
    'valid',
    inDoubt(0, 'write', { key: 'x', value: 1 }),
    read(1, 'x', null),
    read(1, 'x', 1),
  ],
  ['what nobody wrote', 'invalid', read(0, 'x', 9)],
  ['what failed', 'invalid', refused(0, 'write', { key: 'x', value: 1 }), read(1, 'x', 1)],
  ['causes in a circle', 'invalid', read(0, 'x', 1), write(0, 'y', 2), read(1, 'y', 2), write(1, 'x', 1)],
  ['a value written twice', 'unknown', write(0, 'x', 1), write(1, 'x', 1), read(2, 'x', 1)],
])

cases(causal({ initial: 0 }), [
  ['a register that begins at 0', 'valid', read(0, 'x', 0), write(0, 'x', 1), read(1, 'x', 1)],
  ['and is read so after it was written', 'invalid', write(0, 'x', 1), read(0, 'x', 0)],
])

for (const given of oldReads(REGISTER, 'read'))
  cases(
    causal({ initial: null }),
    [
      ['not what one wrote oneself', 'valid', write(0, 'x', 1), read(0, 'x', null)],
      [
        'what a cause had replaced',
        'valid',
        write(0, 'x', 1),
        read(1, 'x', 1),
        write(1, 'x', 2),
        read(1, 'x', 1),
      ],
      [
        'a compare-and-set of what a cause had replaced',
        'invalid',
        write(0, 'x', 1),
        read(1, 'x', 1),
        write(1, 'x', 2),
        swap(1, 'x', 1, 3),
      ],
      ['what nobody wrote', 'invalid', read(0, 'x', 9)],
      ['causes in a circle', 'invalid', read(0, 'x', 1), write(0, 'y', 2), read(1, 'y', 2), write(1, 'x', 1)],
    ],
    given,
  )

const SIZE = 5
const HISTORIES = 3000

interface Op {
  readonly process: number
  readonly key: number
  /** The value that was written or read. */
  readonly value: number | null
  readonly isRead: boolean
}

const bit = (before: number, after: number): number => 1 << (before * SIZE + after)

const permutations = (items: readonly number[]): readonly (readonly number[])[] =>
  items.length === 0
    ? [[]]
    : items.flatMap((item, at) => permutations(items.toSpliced(at, 1)).map((rest) => [item, ...rest]))

const isTransitive = (order: number): boolean => {
  for (let a = 0; a < SIZE; a++)
    for (let b = 0; b < SIZE; b++)
      for (let c = 0; c < SIZE; c++)
        if ((order & bit(a, b)) !== 0 && (order & bit(b, c)) !== 0 && (order & bit(a, c)) === 0) return false
  return true
}

/** Each as the set of its pairs. */
const partialOrders = (): readonly number[] => {
  const orders = new Set<number>()
  for (const line of permutations([...Array(SIZE).keys()])) {
    const pairs = line.flatMap((a, at) => line.slice(at + 1).map((b) => bit(a, b)))
    for (let some = 0; some < 2 ** pairs.length; some++) {
      const order = pairs.reduce((sum, pair, at) => ((some >> at) & 1 ? sum | pair : sum), 0)
      if (!orders.has(order) && isTransitive(order)) orders.add(order)
    }
  }
  return [...orders]
}

const explainsRead = (ops: readonly Op[], order: number, at: number): boolean => {
  const { key, value } = ops[at] as Op
  const past = ops.flatMap((op, other) =>
    !op.isRead && op.key === key && (order & bit(other, at)) !== 0 ? [other] : [],
  )
  if (value === null) return past.length === 0
  const writer = past.find((other) => ops[other]?.value === value)
  return writer !== undefined && !past.some((other) => (order & bit(writer, other)) !== 0)
}

const isCausal = (ops: readonly Op[], orders: readonly number[]): boolean => {
  const sessions = ops.flatMap((op, at) =>
    ops.flatMap((other, later) => (later > at && other.process === op.process ? [bit(at, later)] : [])),
  )
  const own = sessions.reduce((sum, pair) => sum | pair, 0)
  return orders.some(
    (order) => (order & own) === own && ops.every((op, at) => !op.isRead || explainsRead(ops, order, at)),
  )
}

const randomOps = (rng: Rng): readonly Op[] => {
  const kinds = Array.from({ length: SIZE }, (_, at) => ({
    process: rng.fork('process', at).int(3),
    key: rng.fork('key', at).int(2),
    isRead: rng.fork('kind', at).float() < 0.55,
  }))
  return kinds.map((kind, at) => {
    if (!kind.isRead) return { ...kind, value: at + 1 }
    const values = kinds.flatMap((other, place) =>
      !other.isRead && other.key === kind.key ? [place + 1] : [],
    )
    return { ...kind, value: rng.fork('value', at).pick([null, ...values]) }
  })
}

const stepsOf = (ops: readonly Op[]): readonly Step[] =>
  ops.flatMap(({ process, key, value, isRead }) =>
    isRead ? done(process, 'read', { key }, { key, value }) : done(process, 'write', { key, value }),
  )

it(`agrees with the definition on ${HISTORIES} small histories`, async () => {
  const orders = partialOrders()
  expect(orders).toHaveLength(4231)
  const counts = { valid: 0, invalid: 0 }
  const histories = seeded<readonly Op[]>((seed) => randomOps(rngFromSeed(seed)), without)
  const agrees = fc.asyncProperty(histories, async (ops) => {
    if (!ops.some(({ isRead }) => isRead)) return
    const expected = isCausal(ops, orders) ? 'valid' : 'invalid'
    const { status, summary } = await judgeSteps(causal({ initial: null }), stepsOf(ops))
    expect(status, summary).toBe(expected)
    counts[expected]++
  })
  await fc.assert(agrees, { seed: SEED, numRuns: HISTORIES })
  expect(Math.min(counts.valid, counts.invalid)).toBeGreaterThan(HISTORIES / 10)
})

it('with room for fewer clocks than it needs, it says so or what the definition says', async () => {
  const orders = partialOrders()
  const counts = { valid: 0, invalid: 0, unknown: 0 }
  const cases = fc.tuple(
    seeded<readonly Op[]>((seed) => randomOps(rngFromSeed(seed)), without),
    fc.integer({ min: 0, max: 3 * SIZE }),
  )
  await fc.assert(
    fc.asyncProperty(cases, async ([ops, mostCells]) => {
      const { status, summary } = judgeCausal(
        recordOf({ history: historyOf(stepsOf(ops)) }),
        null,
        false,
        mostCells,
      )
      const expected = isCausal(ops, orders) ? 'valid' : 'invalid'
      if (status !== 'unknown') expect(status, summary).toBe(expected)
      counts[status]++
    }),
    { seed: SEED, numRuns: HISTORIES },
  )
  for (const status of ['valid', 'invalid', 'unknown'] as const)
    expect(counts[status], status).toBeGreaterThan(HISTORIES / 20)
})
