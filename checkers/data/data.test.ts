/** Checkers of objects: hand-written histories that each must pass and must fail. */
import { describe, expect, it } from 'vitest'
import { asked, cases, inDoubt, refused } from '../../harness/testing/cases.ts'
import { done, judgeSteps, type Step } from '../../harness/testing/steps.ts'
import { ACCOUNTS, INITIAL_BALANCE } from '../../harness/vocabularies/bank.ts'
import { logOffsets, logOrder } from './append-log.ts'
import { bank } from './bank.ts'
import { booking } from './booking.ts'
import { counter } from './counter.ts'
import { lease } from './lease.ts'
import { fencing, mutex, semaphore } from './locks.ts'
import { multiRegister } from './multi-register.ts'
import { fifo, totalQueue } from './queue.ts'
import { revocation } from './revocation.ts'
import { sessions } from './sessions.ts'
import { uniqueIds } from './unique-ids.ts'
import { watch } from './watch.ts'

const add = (delta: number) => ({ key: 1, delta })
const count = (value: number) => done(9, 'read', { key: 1 }, { key: 1, value })
cases(counter, [
  ['nothing', 'unknown'],
  ['adds that are all read', 'valid', done(0, 'add', add(2)), done(1, 'add', add(3)), count(5)],
  ['one in doubt, read or not', 'valid', inDoubt(0, 'add', add(2)), count(0), count(2)],
  ['one in doubt that goes away again', 'invalid', inDoubt(0, 'add', add(2)), count(2), count(0)],
  ['a lost add', 'invalid', done(0, 'add', add(2)), done(1, 'add', add(3)), count(3)],
  ['an add counted twice', 'invalid', done(0, 'add', add(2)), count(4)],
  ['an add that failed', 'invalid', refused(0, 'add', add(2)), count(2)],
])

const put = (value: number) => done(value, 'enqueue', { key: 1, value })
const take = (value: number | null) => done(9, 'dequeue', { key: 1 }, { key: 1, value })
cases(fifo, [
  ['in order', 'valid', put(1), put(2), take(1), take(2), take(null)],
  ['out of order', 'invalid', put(1), put(2), take(2), take(1)],
  ['empty although it is not', 'invalid', put(1), take(null)],
])
cases(totalQueue, [
  ['out of order, which is not its business', 'valid', put(1), put(2), take(2), take(1), take(null)],
  ['not drained', 'unknown', put(1), put(2), take(1)],
  ['taken twice', 'invalid', put(1), take(1), take(1)],
  ['lost', 'invalid', put(1), put(2), take(2), take(null)],
  ['never put in', 'invalid', take(7)],
  ['put in by a fail', 'invalid', refused(0, 'enqueue', { key: 1, value: 3 }), take(3)],
  ['missing, but one dequeue is in doubt', 'valid', put(1), inDoubt(5, 'dequeue', { key: 1 }), take(null)],
  [
    'two missing, and one dequeue in doubt',
    'invalid',
    put(1),
    put(2),
    inDoubt(5, 'dequeue', { key: 1 }),
    take(null),
  ],
])

const id = (value: number) => done(0, 'generate', {}, { id: value })
cases(uniqueIds, [
  ['all different', 'valid', id(3), id(1), id(2)],
  ['one twice', 'invalid', id(3), id(1), id(3)],
  ['none', 'unknown'],
])

const append = (value: number, offset: number) =>
  done(value, 'append', { key: 1, value }, { key: 1, value, offset })
const whole = (...values: number[]) => done(9, 'read', { key: 1 }, { key: 1, values })
cases(logOrder, [
  ['each where it was told', 'valid', append(5, 0), append(6, 1), whole(5, 6)],
  ['a stale read', 'invalid', append(5, 0), append(6, 1), whole(5)],
])
cases(logOffsets, [
  ['each where it was told', 'valid', append(5, 0), append(6, 1), whole(5, 6)],
  ['a stale read, which is not its business', 'valid', append(5, 0), append(6, 1), whole(5)],
  ['two reads that diverge', 'invalid', append(5, 0), append(6, 1), whole(5, 6), whole(6)],
  ['one twice', 'invalid', append(5, 0), whole(5, 5)],
  ['one lost', 'invalid', append(5, 0), append(6, 1), whole(6)],
  ['one elsewhere than it was told', 'invalid', append(5, 1), append(6, 0), whole(5, 6)],
  ['one that nobody appended', 'invalid', append(5, 0), whole(5, 7)],
])

const acquire = (owner: number, isDone: boolean, token?: number) =>
  done(owner, 'acquire', { key: 1, owner }, { done: isDone, ...(token === undefined ? {} : { token }) })
const release = (owner: number, isDone = true) => done(owner, 'release', { key: 1, owner }, { done: isDone })
cases(mutex, [
  ['one after another', 'valid', acquire(1, true, 1), acquire(2, false), release(1), acquire(2, true, 2)],
  ['two at once', 'invalid', acquire(1, true, 1), acquire(2, true, 2)],
  [
    'one that may have been released',
    'valid',
    acquire(1, true),
    inDoubt(1, 'release', { key: 1, owner: 1 }),
    acquire(2, true),
  ],
  ['refused although it is free', 'invalid', acquire(1, true), release(1), acquire(2, false)],
])
cases(fencing, [
  ['tokens that grow', 'valid', acquire(1, true, 4), release(1), acquire(2, true, 9)],
  ['a token again', 'invalid', acquire(1, true, 4), release(1), acquire(2, true, 4)],
])
cases(semaphore, [
  [
    'as many as there are permits',
    'valid',
    acquire(1, true),
    acquire(2, true),
    acquire(3, false),
    release(1),
    acquire(3, true),
  ],
  ['one more', 'invalid', acquire(1, true), acquire(2, true), acquire(3, true)],
  [
    'a release by who holds nothing',
    'valid',
    acquire(1, true),
    release(5, false),
    acquire(2, true),
    acquire(3, false),
  ],
])

const balances = (...changed: number[]) => {
  const all = Array.from({ length: ACCOUNTS }, (_, i) => INITIAL_BALANCE + (changed[i] ?? 0))
  return done(9, 'read', {}, { balances: all })
}
cases(bank, [
  ['money that moves', 'valid', balances(-5, 5)],
  ['money made', 'invalid', balances(5)],
  ['money lost', 'invalid', balances(), balances(-5)],
  ['an account overdrawn', 'invalid', balances(-INITIAL_BALANCE - 1, INITIAL_BALANCE + 1)],
])

const book = (customer: number, confirmed: boolean) =>
  done(customer, 'book', { seat: 1, customer }, { seat: 1, customer, confirmed })
const seat = (customer: number | null) => done(9, 'read', { seat: 1 }, { seat: 1, customer })
cases(booking, [
  ['sold once', 'valid', seat(null), book(1, true), book(2, false), seat(1)],
  ['confirmed again to the same', 'valid', book(1, true), book(1, true)],
  ['sold twice', 'invalid', book(1, true), book(2, true)],
  ['lost', 'invalid', book(1, true), seat(null)],
  ['held by who never asked', 'invalid', book(1, true), seat(7)],
  [
    'in doubt, and sold',
    'valid',
    inDoubt(1, 'book', { seat: 1, customer: 1 }),
    seat(1),
    book(2, false),
    done(3, 'book', { seat: 1, customer: 1 }, { seat: 1, customer: 1, confirmed: true }),
  ],
])

const change = (f: string, process = 0) => done(process, f, { subject: 1 })
const check = (allowed: boolean, process = 9) =>
  done(process, 'check', { subject: 1 }, { subject: 1, allowed })
cases(revocation, [
  ['granted, revoked, refused', 'valid', change('grant'), check(true), change('revoke'), check(false)],
  ['allowed once revoked', 'invalid', change('grant'), change('revoke'), check(true)],
  ['allowed what nobody granted', 'invalid', change('revoke'), check(true)],
  ['granted again', 'valid', change('grant'), change('revoke'), change('grant'), check(true)],
  [
    'while it is being revoked',
    'valid',
    change('grant'),
    asked(0, 'revoke', { subject: 1 }),
    check(true),
    [[0, 'ok', 'revoke']],
  ],
  [
    'a grant in doubt may come later',
    'valid',
    inDoubt(0, 'grant', { subject: 1 }),
    change('revoke', 1),
    check(true),
  ],
  ['never revoked', 'unknown', change('grant'), check(true)],
])

const txn = (process: number, ...ops: readonly (readonly [string, number, unknown])[]): readonly Step[] => {
  const asked = ops.map(([f, key, value]) => [f, key, f === 'r' ? null : value])
  return done(process, 'txn', asked, ops)
}
cases(multiRegister, [
  [
    'both or neither',
    'valid',
    txn(0, ['w', 0, 1], ['w', 1, 2]),
    txn(1, ['r', 0, 1], ['r', 1, 2], ['r', 2, null]),
  ],
  [
    'half a write',
    'invalid',
    txn(0, ['w', 0, 1], ['w', 1, 2]),
    txn(1, ['r', 0, 1], ['r', 1, null], ['r', 2, null]),
  ],
  [
    'groups apart',
    'valid',
    txn(0, ['w', 0, 1]),
    txn(0, ['w', 3, 5]),
    txn(1, ['r', 3, 5]),
    txn(1, ['r', 0, 1]),
  ],
])
cases(sessions, [
  [
    'all that was seen and done',
    'valid',
    txn(0, ['append', 1, 5]),
    txn(0, ['r', 1, [5]]),
    txn(1, ['r', 1, []]),
    txn(1, ['r', 1, [5]]),
  ],
  ['less than before', 'invalid', txn(0, ['append', 1, 5]), txn(1, ['r', 1, [5]]), txn(1, ['r', 1, []])],
  ['not what it wrote', 'invalid', txn(0, ['append', 1, 5]), txn(0, ['r', 1, []]), txn(1, ['r', 1, [5]])],
  [
    'own writes out of order',
    'invalid',
    txn(0, ['append', 1, 5]),
    txn(0, ['append', 1, 6]),
    txn(1, ['r', 1, [6, 5]]),
  ],
  [
    'a write among what it had read',
    'invalid',
    txn(0, ['append', 1, 5]),
    txn(1, ['r', 1, [5]]),
    txn(1, ['append', 1, 6]),
    txn(0, ['r', 1, [6, 5]]),
  ],
  [
    'another session sees less, which is its own affair',
    'valid',
    txn(0, ['append', 1, 5]),
    txn(0, ['r', 1, [5]]),
    txn(1, ['r', 1, []]),
  ],
])

const event = (revision: number, value = revision) => ({ revision, key: 1, value })
const change1 = (revision: number, value = revision) =>
  done(value, 'put', { key: 1, value }, event(revision, value))
const watched = (after: number, upTo: number, ...events: ReturnType<typeof event>[]) =>
  done(9, 'watch', { after }, { events, upTo })
cases(watch, [
  ['each once, in order', 'valid', change1(1), change1(2), watched(0, 1, event(1)), watched(1, 2, event(2))],
  [
    'one that was never acknowledged',
    'valid',
    inDoubt(5, 'put', { key: 1, value: 7 }),
    watched(0, 1, event(1, 7)),
  ],
  ['one missed', 'invalid', change1(1), change1(2), watched(0, 2, event(2))],
  [
    'one missed where it goes on',
    'invalid',
    change1(1),
    change1(2),
    change1(3),
    watched(0, 1, event(1)),
    watched(1, 3, event(3)),
  ],
  ['one twice', 'invalid', change1(1), watched(0, 1, event(1), event(1))],
  ['one invented', 'invalid', change1(1), watched(0, 2, event(1), event(2, 99))],
  ['one refused', 'invalid', refused(0, 'put', { key: 1, value: 3 }), watched(0, 1, event(1, 3))],
  [
    'others told otherwise',
    'invalid',
    change1(1),
    inDoubt(5, 'put', { key: 1, value: 7 }),
    watched(0, 1, event(1, 7)),
  ],
  ['nothing watched', 'unknown', change1(1)],
])

describe('lease', () => {
  const at = (ms: number, process: number, type: 'invoke' | 'ok', f: string, value: unknown) => ({
    timeNs: ms * 1e6,
    process,
    type,
    f,
    value,
  })
  const acquired = (owner: number, ms: number, token: number) => [
    at(ms, owner, 'invoke', 'acquire', { key: 1, owner }),
    at(ms + 10, owner, 'ok', 'acquire', { done: true, token }),
  ]
  const released = (owner: number, ms: number) => [
    at(ms, owner, 'invoke', 'release', { key: 1, owner }),
    at(ms + 10, owner, 'ok', 'release', { done: true }),
  ]
  it.each([
    ['one after the other ran out', 'valid', [...acquired(1, 0, 5), ...acquired(2, 1600, 9)]],
    [
      'one after the other was released',
      'valid',
      [...acquired(1, 0, 5), ...released(1, 300), ...acquired(2, 400, 9)],
    ],
    ['two at once', 'invalid', [...acquired(1, 0, 5), ...acquired(2, 1000, 9)]],
    ['a token that is not greater', 'invalid', [...acquired(1, 0, 5), ...acquired(2, 1600, 5)]],
    ['nobody', 'unknown', []],
  ] as const)('%s: %s', async (_, status, events) => {
    const history = events.map((event, index) => ({ ...event, index }))
    expect(await judgeSteps(lease, [], { history })).toMatchObject({ status })
  })
})
