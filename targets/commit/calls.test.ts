import { expect, it } from 'vitest'
import { vocabularies } from '../../harness/vocabularies/index.ts'
import { planOf, served } from './calls.ts'
import { type Key, ownerOf, perform } from './core/steps.ts'

/** A store of one shard: performs a call and keeps what it writes. */
const store = () => {
  const values = new Map<Key, unknown>()
  return (vocabulary: string, f: string, value: unknown): unknown => {
    const plan = planOf(vocabulary, { f, value })
    if (plan === null) return null
    const effect = perform(plan.steps, (key) => values.get(key) ?? null)
    if (effect === null) return plan.refused
    for (const [key, written] of effect.writes) values.set(key, written)
    return plan.done(effect.results)
  }
}

it('accounts: a transfer moves money, or is refused if it is short', () => {
  const call = store()
  expect(call('bank', 'transfer', { from: 0, to: 7, amount: 15 })).toMatchObject({ applied: true })
  expect(call('bank', 'transfer', { from: 0, to: 7, amount: 6 })).toEqual({
    from: 0,
    to: 7,
    amount: 6,
    applied: false,
  })
  expect(call('bank', 'read', {})).toEqual({ balances: [5, 20, 20, 20, 20, 20, 20, 35] })
})

it('seats: the first customer keeps it', () => {
  const call = store()
  expect(call('booking', 'book', { seat: 3, customer: 1 })).toMatchObject({ confirmed: true })
  expect(call('booking', 'book', { seat: 3, customer: 1 })).toMatchObject({ confirmed: true })
  expect(call('booking', 'book', { seat: 3, customer: 2 })).toMatchObject({ confirmed: false })
  expect(call('booking', 'read', { seat: 3 })).toEqual({ seat: 3, customer: 1 })
  expect(call('booking', 'read', { seat: 4 })).toEqual({ seat: 4, customer: null })
})

it('registers: compare and set', () => {
  const call = store()
  expect(call('register', 'cas', { key: 1, expected: null, next: 5 })).toMatchObject({ applied: true })
  expect(call('register', 'cas', { key: 1, expected: 4, next: 6 })).toMatchObject({ applied: false })
  expect(call('register', 'read', { key: 1 })).toEqual({ key: 1, value: 5 })
})

it('transactions see their own writes, and what was there before them', () => {
  const call = store()
  const txn = (ops: unknown): unknown => call('list-append', 'txn', ops)
  expect(
    txn([
      ['r', 1, null],
      ['append', 1, 7],
      ['append', 1, 8],
      ['r', 1, null],
    ]),
  ).toEqual([
    ['r', 1, []],
    ['append', 1, 7],
    ['append', 1, 8],
    ['r', 1, [7, 8]],
  ])
  expect(
    call('rw-register', 'txn', [
      ['r', 1, null],
      ['w', 1, 3],
      ['r', 1, null],
    ]),
  ).toEqual([
    ['r', 1, null],
    ['w', 1, 3],
    ['r', 1, 3],
  ])
})

it('all vocabularies that are served exist, and others are not', () => {
  expect(served.filter((name) => vocabularies[name] === undefined)).toEqual([])
  expect(planOf('queue', { f: 'dequeue', value: {} })).toBeNull()
})

it('numbers go to the nodes in turn, and every other key to always the same', () => {
  const nodes = ['n1', 'n2', 'n3']
  expect([0, 1, 2, 3].map((account) => ownerOf(`bank/${account}`, nodes))).toEqual(['n1', 'n2', 'n3', 'n1'])
  expect(nodes).toContain(ownerOf('register/a key', nodes))
})
