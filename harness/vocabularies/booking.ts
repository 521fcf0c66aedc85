/**
 * Seats, each for one customer. Who asks again for what it has is told the same again.
 *
 * | call | value              | ok value                               |
 * |------|--------------------|----------------------------------------|
 * | book | { seat, customer } | { seat, customer, confirmed }          |
 * | read | { seat }           | { seat, customer }: null where free    |
 */
export const BOOKING = 'booking'

export type BookingCall =
  | { readonly f: 'book'; readonly value: { readonly seat: number; readonly customer: number } }
  | { readonly f: 'read'; readonly value: { readonly seat: number } }

export interface Booked {
  readonly seat: number
  readonly customer: number
  readonly confirmed: boolean
}

export interface Seat {
  readonly seat: number
  readonly customer: number | null
}
