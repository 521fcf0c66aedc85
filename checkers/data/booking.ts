/** Seats: none is sold twice, and no confirmed one is lost. */

import type { Pair } from '../../harness/api/history.ts'
import type { RunRecord } from '../../harness/api/record.ts'
import { formatTimeNs } from '../../harness/support/time.ts'
import type { Booked, Seat } from '../../harness/vocabularies/booking.ts'
import { checkerOf, conclude, type Finding, finding, type Judged } from '../verdict.ts'

const KINDS = ['sold twice', 'lost', 'invented'] as const
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

/** Who asked for which seat, and was not surely refused. */
const askedFor = (pairs: readonly Pair[]): ReadonlySet<string> =>
  new Set(
    pairs
      .filter(({ invocation, completion }) => invocation.f === 'book' && completion?.type !== 'fail')
      .map((pair) => `${(pair.invocation.value as Seat).seat} ${customerOf(pair)}`),
  )

const readsAgainst = (
  pairs: readonly Pair[],
  confirmed: ReadonlyMap<number, readonly Pair[]>,
): readonly SeatFinding[] => {
  const asked = askedFor(pairs)
  return pairs.flatMap((pair): readonly SeatFinding[] => {
    if (pair.invocation.f !== 'read' || pair.completion?.type !== 'ok') return []
    const { seat, customer } = pair.completion.value as Seat
    if (customer !== null && !asked.has(`${seat} ${customer}`)) {
      const text = `seat ${seat}: read as customer ${customer}’s at ${at(pair)}, who never asked for it`
      return [finding('invented', text, [pair])]
    }
    const before = (confirmed.get(seat) ?? []).find(
      (sale) => (sale.completion?.timeNs ?? 0) < pair.invocation.timeNs && customerOf(sale) !== customer,
    )
    if (before === undefined) return []
    const now = customer === null ? 'free' : `customer ${customer}’s`
    const text = `seat ${seat}: confirmed to customer ${customerOf(before)} at ${at(before)}, read as ${now} at ${at(pair)}`
    return [finding('lost', text, [before, pair])]
  })
}

const judge = ({ pairs }: RunRecord): Judged => {
  const confirmed = confirmedOf(pairs)
  return conclude([...soldTwice(confirmed), ...readsAgainst(pairs, confirmed)], {
    seen: `${confirmed.size} seats sold`,
    clean: 'each once, and none lost',
    unproven: confirmed.size === 0 ? 'none was sold' : null,
    kinds: KINDS,
    details: { sold: confirmed.size },
  })
}

export const booking = checkerOf({
  name: 'booking',
  finds: 'seats sold twice, confirmed bookings lost',
  needs: ['history'],
  promise: 'no seat is sold twice, no confirmed one lost',
  judge,
})
