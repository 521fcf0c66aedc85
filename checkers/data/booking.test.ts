import { cases, inDoubt } from '../../harness/testing/cases.ts'
import { oldReads } from '../../harness/testing/promises.ts'
import { done } from '../../harness/testing/steps.ts'
import { BOOKING } from '../../harness/vocabularies/booking.ts'
import { booking } from './booking.ts'

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

const back = [book(1, true), seat(null), seat(1)] as const
cases(booking, [['not there, and then there after all', 'invalid', ...back]])
for (const given of oldReads(BOOKING, 'read'))
  cases(
    booking,
    [
      ['not there, and then there after all', 'valid', ...back],
      ['lost', 'invalid', book(1, true), seat(1), seat(null)],
      ['sold twice', 'invalid', book(1, true), book(2, true)],
      ['held by who never asked', 'invalid', book(1, true), seat(7)],
    ],
    given,
  )
