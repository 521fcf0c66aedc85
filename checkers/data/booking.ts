/**
 * Seats: none is sold twice, and no confirmed one is lost. One that some read does not show as sold, and a later one does, is
 * stale, which is no harm where reads may be old.
 */

import type { Pair } from '../../harness/api/history.ts'
import type { RunRecord } from '../../harness/api/record.ts'
import { formatTimeNs } from '../../harness/support/time.ts'
import { BOOKING, type Booked, type Seat } from '../../harness/vocabularies/booking.ts'
import { promisedOf, promiseOf } from '../promise.ts'
import { checkerOf, conclude, type Finding, finding, type Judged } from '../verdict.ts'

const KINDS = ['sold twice', 'lost', 'invented', 'stale'] as const
type SeatFinding = Finding<(typeof KINDS)[number]>

const at = ({ completion }: Pair): string => formatTimeNs(completion?.timeNs ?? 0)

const isConfirmed = ({ invocation, completion }: Pair): boolean =>
  invocation.f === 'book' && completion?.type === 'ok' && (completion.value as Booked).confirmed

/** Seat -> who was told that it is theirs. */
const confirmedOf = (pairs: readonly Pair[]): ReadonlyMap<number, readonly Pair[]> =>
  Map.groupBy(pairs.filter(isConfirmed), ({ invocation }) => (invocation.value as { seat: number }).seat)

const customerOf = ({ invocation }: Pair): number => (invocation.value as { customer: number }).customer

const soldTwice = (confirmed: ReadonlyMap<number, readonly Pair[]>): readonly SeatFinding[] =>
  [...confirmed].flatMap(([seat, pairs]) => {
    const customers = new Set(pairs.map(customerOf))
    if (customers.size < 2) return []
    const told = pairs.map((pair) => `customer ${customerOf(pair)} (confirmed at ${at(pair)})`).join(', ')
    return [finding('sold twice', `seat ${seat}: ${told}`, pairs)]
  })

const holderOf = (seat: number, customer: number | null): string => `${seat} ${customer}`

/** Who asked for which seat, and was not surely refused. */
const askedFor = (pairs: readonly Pair[]): ReadonlySet<string> =>
  new Set(
    pairs
      .filter(({ invocation, completion }) => invocation.f === 'book' && completion?.type !== 'fail')
      .map((pair) => holderOf((pair.invocation.value as Seat).seat, customerOf(pair))),
  )

interface SeatRead extends Seat {
  readonly pair: Pair
}

/** In order of invocation. */
const readsOf = (pairs: readonly Pair[]): readonly SeatRead[] =>
  pairs.flatMap((pair) =>
    pair.invocation.f === 'read' && pair.completion?.type === 'ok'
      ? [{ ...(pair.completion.value as Seat), pair }]
      : [],
  )

const readsAgainst = (
  pairs: readonly Pair[],
  confirmed: ReadonlyMap<number, readonly Pair[]>,
): readonly SeatFinding[] => {
  const asked = askedFor(pairs)
  const reads = readsOf(pairs)
  /** Seat and customer -> the last read that found it theirs. */
  const seen = new Map(reads.map(({ seat, customer, pair }) => [holderOf(seat, customer), pair]))
  return reads.flatMap(({ seat, customer, pair }): readonly SeatFinding[] => {
    if (customer !== null && !asked.has(holderOf(seat, customer))) {
      const text = `seat ${seat}: read as customer ${customer}’s at ${at(pair)}, who never asked for it`
      return [finding('invented', text, [pair])]
    }
    const { timeNs } = pair.invocation
    const before = (confirmed.get(seat) ?? []).find(
      (sale) => (sale.completion?.timeNs ?? 0) < timeNs && customerOf(sale) !== customer,
    )
    if (before === undefined) return []
    const later = seen.get(holderOf(seat, customerOf(before)))
    const isBack = later !== undefined && later.invocation.timeNs > timeNs
    const now = customer === null ? 'free' : `customer ${customer}’s`
    const text = `seat ${seat}: confirmed to customer ${customerOf(before)} at ${at(before)}, read as ${now} at ${at(pair)}`
    return [finding(isBack ? 'stale' : 'lost', text, [before, pair])]
  })
}

const judge = (record: RunRecord): Judged => {
  const { pairs } = record
  const confirmed = confirmedOf(pairs)
  return conclude([...soldTwice(confirmed), ...readsAgainst(pairs, confirmed)], {
    seen: `${confirmed.size} seats sold`,
    clean: 'each once, and none lost',
    unproven: confirmed.size === 0 ? 'none was sold' : null,
    kinds: KINDS,
    allows: (kind) => kind === 'stale' && promiseOf(record, BOOKING, 'read').name === 'consistent-prefix',
    details: { sold: confirmed.size },
  })
}

export const booking = checkerOf({
  name: 'booking',
  finds: 'seats sold twice, confirmed bookings lost',
  needs: ['history'],
  promise: promisedOf(BOOKING, 'no seat is sold twice, no confirmed one lost'),
  judge,
})
