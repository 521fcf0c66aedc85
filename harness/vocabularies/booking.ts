/**
 * Seats, each for one customer. If the owner of a seat books it again, the booking is confirmed again.
 *
 * | call | value              | ok value                               |
 * |------|--------------------|----------------------------------------|
 * | book | { seat, customer } | { seat, customer, confirmed }          |
 * | read | { seat }           | { seat, customer }: null if it is free |
 */
import { z } from 'zod'
import type { CallOf, OkOf } from '../api/vocabulary.ts'
import { OF_OBJECTS } from './promises.ts'
import { one, repeats } from './values.ts'
import { defineCall, defineVocabulary } from './vocabulary.ts'

const seat = z.int()
const customer = z.int()

export const BOOKING = defineVocabulary({
  name: 'booking',
  description: 'seats, each for one customer',
  promises: OF_OBJECTS,
  unique: null,
  initial: 'free',
  services: [],
  calls: {
    book: defineCall({
      value: z.object({ seat, customer }),
      ok: z.object({ seat, customer, confirmed: z.boolean() }),
      changes: () => true,
      mismatch: repeats('seat', 'customer'),
      objects: (asked) => [`${asked.seat}`],
      writes: (asked) => one(asked.seat, asked.customer),
      refuses: ({ confirmed }) => !confirmed,
    }),
    read: defineCall({
      value: z.object({ seat }),
      ok: z.object({ seat, customer: customer.nullable() }),
      changes: () => false,
      mismatch: repeats('seat'),
      objects: (asked) => [`${asked.seat}`],
      reads: (ok) => (ok.customer === null ? [] : one(ok.seat, ok.customer)),
    }),
  },
})

export type BookingCall = CallOf<typeof BOOKING>
export type Booked = OkOf<typeof BOOKING, 'book'>
export type Seat = OkOf<typeof BOOKING, 'read'>
