/** The calls of each vocabulary on a tree of znodes, and what becomes of them if another client is faster. */
import { describe, expect, it } from 'vitest'
import type { Call } from '../../harness/api/history.ts'
import {
  actOnAccess,
  actOnBank,
  actOnBooking,
  actOnCounter,
  actOnLog,
  actOnRegister,
  actOnSemaphore,
} from './objects.ts'
import { actOnIds, actOnLease, actOnLock, actOnQueue, actOnSet } from './recipes.ts'
import { create, KINDS, type Request, remove, setData } from './requests.ts'
import { Conflict, Store } from './store.ts'
import { FakeTree } from './testing/tree.ts'
import { actOnTransactions } from './transactions.ts'

type Act = (store: Store, call: Call) => Promise<unknown>

const storeOn = (tree: FakeTree): Store =>
  new Store({
    session: tree.session(),
    reads: 'quorum',
    signal: new AbortController().signal,
    another: () => tree.session(),
  })

/** Calls one after another, as `f` and value, and the fields that their answers have. */
type Steps = readonly (readonly [f: string, value: object, answer: object])[]

const SERVED: Readonly<Record<string, readonly [act: Act, steps: Steps]>> = {
  register: [
    actOnRegister,
    [
      ['read', { key: 'a b/c' }, { value: null }],
      ['cas', { key: 'a b/c', expected: null, next: 1 }, { applied: true }],
      ['cas', { key: 'a b/c', expected: 7, next: 2 }, { applied: false }],
      ['write', { key: 'a b/c', value: 3 }, { value: 3 }],
      ['read', { key: 'a b/c' }, { value: 3 }],
    ],
  ],
  counter: [
    actOnCounter,
    [
      ['add', { key: 1, delta: 2 }, { delta: 2 }],
      ['add', { key: 1, delta: -5 }, { delta: -5 }],
      ['read', { key: 1 }, { value: -3 }],
      ['read', { key: 2 }, { value: 0 }],
    ],
  ],
  'append-log': [
    actOnLog,
    [
      ['append', { key: 1, value: 9 }, { offset: 0 }],
      ['append', { key: 1, value: 8 }, { offset: 1 }],
      ['read', { key: 1 }, { values: [9, 8] }],
    ],
  ],
  semaphore: [
    actOnSemaphore,
    [
      ['acquire', { key: 1, owner: 1 }, { done: true }],
      ['acquire', { key: 1, owner: 2 }, { done: true }],
      ['acquire', { key: 1, owner: 3 }, { done: false }],
      ['release', { key: 1, owner: 3 }, { done: false }],
      ['release', { key: 1, owner: 1 }, { done: true }],
      ['acquire', { key: 1, owner: 4 }, { done: true }],
    ],
  ],
  bank: [
    actOnBank,
    [
      ['transfer', { from: 0, to: 1, amount: 5 }, { applied: true }],
      ['transfer', { from: 0, to: 1, amount: 50 }, { applied: false }],
      ['transfer', { from: 2, to: 2, amount: 5 }, { applied: true }],
      ['read', {}, { balances: [15, 25, 20, 20, 20, 20, 20, 20] }],
    ],
  ],
  booking: [
    actOnBooking,
    [
      ['read', { seat: 1 }, { customer: null }],
      ['book', { seat: 1, customer: 5 }, { confirmed: true }],
      ['book', { seat: 1, customer: 6 }, { confirmed: false }],
      ['book', { seat: 1, customer: 5 }, { confirmed: true }],
    ],
  ],
  access: [
    actOnAccess,
    [
      ['check', { subject: 1 }, { allowed: false }],
      ['grant', { subject: 1 }, { subject: 1 }],
      ['check', { subject: 1 }, { allowed: true }],
      ['revoke', { subject: 1 }, { subject: 1 }],
      ['check', { subject: 1 }, { allowed: false }],
    ],
  ],
  set: [
    actOnSet,
    [
      ['read', {}, { elements: [] }],
      ['add', { element: 1 }, { element: 1 }],
      ['add', { element: 'a/b' }, { element: 'a/b' }],
      ['read', {}, { elements: expect.arrayContaining([1, 'a/b']) }],
    ],
  ],
  queue: [
    actOnQueue,
    [
      ['dequeue', { key: 1 }, { value: null }],
      ['enqueue', { key: 1, value: 5 }, { value: 5 }],
      ['enqueue', { key: 1, value: 6 }, { value: 6 }],
      ['dequeue', { key: 1 }, { value: 5 }],
      ['enqueue', { key: 1, value: 7 }, { value: 7 }],
      ['dequeue', { key: 1 }, { value: 6 }],
      ['dequeue', { key: 1 }, { value: 7 }],
    ],
  ],
  'unique-ids': [
    actOnIds,
    [
      ['generate', {}, { id: 0 }],
      ['generate', {}, { id: 1 }],
    ],
  ],
  lock: [
    actOnLock(KINDS.persistent),
    [
      ['acquire', { key: 1, owner: 1 }, { done: true, token: 1 }],
      ['acquire', { key: 1, owner: 2 }, { done: false }],
      ['release', { key: 1, owner: 2 }, { done: false }],
      ['release', { key: 1, owner: 1 }, { done: true }],
      ['release', { key: 1, owner: 1 }, { done: false }],
      ['acquire', { key: 1, owner: 3 }, { done: true, token: 2 }],
    ],
  ],
  lease: [
    actOnLease,
    [
      ['acquire', { key: 1, owner: 1 }, { done: true, token: 1, ttlMs: 1500 }],
      ['acquire', { key: 1, owner: 2 }, { done: false }],
      ['release', { key: 1, owner: 1 }, { done: true }],
      ['acquire', { key: 1, owner: 3 }, { done: true, token: 2 }],
    ],
  ],
}

describe('on a tree of znodes', () => {
  it.each(Object.entries(SERVED))('%s answers as it should', async (_, [act, steps]) => {
    const store = storeOn(new FakeTree())
    for (const [f, value, answer] of steps)
      expect(await act(store, { f, value } as Call), `${f} ${JSON.stringify(value)}`).toMatchObject(answer)
  })

  it('transactions read what they wrote, and what others wrote', async () => {
    const store = storeOn(new FakeTree())
    const txn = (act: Act, ...value: unknown[]): Promise<unknown> => act(store, { f: 'txn', value } as Call)
    const lists = actOnTransactions([])
    const first = [
      ['r', 1, []],
      ['append', 1, 5],
      ['r', 1, [5]],
      ['r', 2, []],
    ]
    expect(await txn(lists, ['r', 1, null], ['append', 1, 5], ['r', 1, null], ['r', 2, null])).toEqual(first)
    expect(await txn(lists, ['append', 1, 6], ['append', 2, 7])).toEqual([
      ['append', 1, 6],
      ['append', 2, 7],
    ])
    expect(await txn(lists, ['r', 2, null], ['r', 1, null])).toEqual([
      ['r', 2, [7]],
      ['r', 1, [5, 6]],
    ])
    const registers = actOnTransactions(null)
    expect(await txn(registers, ['r', 'x', null], ['w', 'x', 1], ['w', 'x', 2], ['r', 'x', null])).toEqual([
      ['r', 'x', null],
      ['w', 'x', 1],
      ['w', 'x', 2],
      ['r', 'x', 2],
    ])
  })

  it('a lease and an ephemeral lock end with their session', async () => {
    const tree = new FakeTree()
    const sessions = [tree.session(), tree.session()] as const
    const store = new Store({
      session: sessions[0],
      reads: 'plain',
      signal: new AbortController().signal,
      another: () => sessions[1],
    })
    const lock = actOnLock(KINDS.ephemeral)
    for (const [act, session] of [
      [lock, sessions[0]],
      [actOnLease, sessions[1]],
    ] as const) {
      const acquire = (owner: number): Promise<unknown> =>
        act(store, { f: 'acquire', value: { key: 1, owner } })
      expect(await acquire(1)).toMatchObject({ done: true, token: 1 })
      expect(await acquire(2)).toMatchObject({ done: false })
      tree.expire(session)
      expect(await act(store, { f: 'release', value: { key: 1, owner: 1 } })).toEqual({ done: false })
      expect(await acquire(3)).toMatchObject({ done: true, token: 2 })
    }
  })
})

describe('if another client is faster', () => {
  /** Another client sends this once, before the first request that changes something. */
  const overtakenBy = (tree: FakeTree, request: Request<unknown>): void => {
    const other = tree.session()
    tree.before = ({ changes }) => {
      if (!changes) return
      tree.before = () => {}
      void other.send(request)
    }
  }

  it.each<readonly [string, Act, Call, Request<unknown>]>([
    ['a counter', actOnCounter, { f: 'add', value: { key: 1, delta: 1 } }, create('/counter-1', '7')],
    ['a transaction', actOnTransactions(null), { f: 'txn', value: [['w', 1, 2]] }, create('/txn-1', '7')],
    [
      'a read',
      actOnTransactions(null),
      {
        f: 'txn',
        value: [
          ['r', 1, null],
          ['w', 2, 3],
        ],
      },
      create('/txn-1', '7'),
    ],
  ])('%s conflicts, and nothing is written', async (_, act, call, request) => {
    const tree = new FakeTree()
    overtakenBy(tree, request)
    await expect(act(storeOn(tree), call)).rejects.toThrow(Conflict)
  })

  it('what was changed in between conflicts, too', async () => {
    const tree = new FakeTree()
    const store = storeOn(tree)
    await actOnCounter(store, { f: 'add', value: { key: 1, delta: 1 } })
    overtakenBy(tree, setData('/counter-1', '5'))
    await expect(actOnCounter(store, { f: 'add', value: { key: 1, delta: 1 } })).rejects.toThrow(Conflict)
    expect(await actOnCounter(store, { f: 'read', value: { key: 1 } })).toEqual({ key: 1, value: 5 })
  })

  it('a dequeue whose element was taken conflicts', async () => {
    const tree = new FakeTree()
    const store = storeOn(tree)
    await actOnQueue(store, { f: 'enqueue', value: { key: 1, value: 5 } })
    overtakenBy(tree, remove('/queue-1/0000000000'))
    await expect(actOnQueue(store, { f: 'dequeue', value: { key: 1 } })).rejects.toThrow(Conflict)
  })
})
