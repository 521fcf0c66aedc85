/** Rows of the vocabularies of what many share: money, seats, permissions, indexes, collections and barriers. */
import { done } from '../../harness/testing/steps.ts'
import { ACCESS } from '../../harness/vocabularies/access.ts'
import { ACCOUNTS, BANK, INITIAL_BALANCE } from '../../harness/vocabularies/bank.ts'
import { BARRIER } from '../../harness/vocabularies/barrier.ts'
import { BOOKING } from '../../harness/vocabularies/booking.ts'
import { PUBLICATION } from '../../harness/vocabularies/publication.ts'
import { SEARCH } from '../../harness/vocabularies/search.ts'
import { bank } from '../data/bank.ts'
import { barrier } from '../data/barrier.ts'
import { booking } from '../data/booking.ts'
import { publication } from '../data/publication.ts'
import { revocation } from '../data/revocation.ts'
import { search } from '../data/search.ts'
import { type Row, rows } from './promise-rows.ts'

const balances = (process: number, ...changed: number[]) =>
  done(
    process,
    'read',
    {},
    { balances: Array.from({ length: ACCOUNTS }, (_, i) => INITIAL_BALANCE + (changed[i] ?? 0)) },
  )
const transfer = { from: 0, to: 1, amount: 5 }
const moved = done(0, 'transfer', transfer, { ...transfer, applied: true })
const banks = rows(BANK, [bank({ accounts: 0, total: 0 })], {
  linearizable: { allowed: [moved, balances(9, -5, 5)], but: null, forbidden: [moved, balances(9)] },
  'consistent-prefix': {
    allowed: [moved, balances(9)],
    but: 'linearizable',
    forbidden: [moved, balances(9, -5), balances(9, -5, 5)],
  },
  eventual: {
    allowed: [moved, balances(9, -5), balances(9, -5, 5)],
    but: 'consistent-prefix',
    forbidden: [moved, balances(8), balances(9)],
    undecided: [moved, balances(8), balances(9, -5, 5)],
  },
})

const book = (customer: number) =>
  done(customer, 'book', { seat: 1, customer }, { seat: 1, customer, confirmed: true })
const seat = (customer: number | null) => done(9, 'read', { seat: 1 }, { seat: 1, customer })
const bookings = rows(BOOKING, [booking], {
  linearizable: { allowed: [book(1), seat(1)], but: null, forbidden: [book(1), seat(null), seat(1)] },
  'consistent-prefix': {
    allowed: [book(1), seat(null), seat(1)],
    but: 'linearizable',
    forbidden: [book(1), seat(null)],
    undecided: [
      book(1),
      seat(null),
      done(2, 'book', { seat: 1, customer: 2 }, { seat: 1, customer: 2, confirmed: false }),
    ],
  },
})

const permit = (f: 'grant' | 'revoke') => done(0, f, { subject: 1 })
const check = (process: number, allowed: boolean) =>
  done(process, 'check', { subject: 1 }, { subject: 1, allowed })
const revoked = [permit('grant'), permit('revoke')]
const accesses = rows(ACCESS, [revocation], {
  linearizable: {
    allowed: [...revoked, check(9, false)],
    but: null,
    forbidden: [...revoked, check(9, true)],
  },
  'consistent-prefix': {
    allowed: [...revoked, check(9, true)],
    but: 'eventual',
    forbidden: [permit('revoke'), check(9, true)],
  },
  eventual: {
    allowed: [...revoked, check(9, true), check(9, false)],
    but: 'linearizable',
    forbidden: [...revoked, check(8, true), check(9, true)],
  },
})

const publish = (version: number) =>
  done(0, 'publish', { index: 1, version, shards: 2 }, { index: 1, version, published: true })
const versions = (process: number, ...shown: number[]) =>
  done(process, 'read', { index: 1 }, { index: 1, versions: shown })
const published = [publish(1), publish(2)]
const publications = rows(PUBLICATION, [publication], {
  linearizable: {
    allowed: [...published, versions(9, 2, 2)],
    but: null,
    forbidden: [...published, versions(9, 1, 1)],
  },
  monotonic: {
    allowed: [...published, versions(8, 2, 2), versions(9, 1, 1)],
    but: 'linearizable',
    forbidden: [...published, versions(9, 2, 2), versions(9, 1, 1)],
  },
  'consistent-prefix': {
    allowed: [...published, versions(9, 2, 2), versions(9, 1, 1)],
    but: 'monotonic',
    forbidden: [...published, versions(9, 1, 2)],
  },
})

const found = (complete: boolean, ...elements: number[]) =>
  done(9, 'query', { collection: 1 }, { collection: 1, elements, complete })
const added = done(0, 'add', { collection: 1, element: 1 })
const searches = rows(SEARCH, [search], {
  'fail-closed': { allowed: [added, found(true, 1)], but: null, forbidden: [added, found(false)] },
  'fail-open': {
    allowed: [added, found(false), found(true, 1)],
    but: 'fail-closed',
    forbidden: [added, found(true)],
  },
})

const arrive = (party: number) =>
  done(party, 'arrive', { barrier: 1, party, parties: 2 }, { barrier: 1, party })
const enter = (process: number, passed: boolean) =>
  done(process, 'enter', { barrier: 1, parties: 2 }, { barrier: 1, passed })
const arrived = [arrive(0), arrive(1)]
const barriers = rows(BARRIER, [barrier], {
  linearizable: {
    allowed: [...arrived, enter(9, true)],
    but: null,
    forbidden: [...arrived, enter(9, false), enter(9, true)],
  },
  'consistent-prefix': {
    allowed: [...arrived, enter(9, false), enter(9, true)],
    but: 'linearizable',
    forbidden: [arrive(0), enter(9, true)],
  },
})

export const sharedRows: readonly Row[] = [
  ...banks,
  ...bookings,
  ...accesses,
  ...publications,
  ...searches,
  ...barriers,
]
