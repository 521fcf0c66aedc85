/**
 * Seats: no seat is sold twice, and no confirmed booking is lost. If a read does not show a booking and a later read does,
 * the first one was stale; that is allowed where reads may be old. There, a booking is lost if no replica shows it at the
 * end (`final-answers.ts`).
 */

import type { Pair, Sequence } from '../../harness/api/history.ts'
import type { RunRecord } from '../../harness/api/record.ts'
import { formatTimeNs } from '../../harness/support/time.ts'
import { BOOKING, type Booked, type Seat } from '../../harness/vocabularies/booking.ts'
import { type Answered, finalAnswers, foldLastReadsByObject } from '../final-answers.ts'
import { foldPairs } from '../fold.ts'
import { promisedOf, promiseOf } from '../promise.ts'
import { tableRow } from '../table-view.ts'
import { checkerOf, conclude, type Finding, finding, type Judged } from '../verdict.ts'

const KINDS = ['sold twice', 'lost', 'invented', 'missing', 'stale'] as const
type SeatFinding = Finding<(typeof KINDS)[number]>

const COLUMNS = ['seat', 'customer', 'confirmed at', 'read as']

const ANOMALIES: Readonly<Record<SeatFinding['kind'], string>> = {
  'sold twice': 'double booking',
  lost: 'lost booking',
  invented: 'booking nobody asked for',
  missing: 'missing booking',
  stale: 'stale read',
}

const at = ({ completion }: Pair): string => formatTimeNs(completion?.timeNs ?? 0)

const isConfirmed = ({ invocation, completion }: Pair): boolean =>
  invocation.f === 'book' && completion?.type === 'ok' && (completion.value as Booked).confirmed

/** Seat -> the bookings that were confirmed to customers. */
const confirmedOf = (pairs: Sequence<Pair>): ReadonlyMap<number, readonly Pair[]> =>
  Map.groupBy(pairs.filter(isConfirmed), ({ invocation }) => (invocation.value as { seat: number }).seat)

const customerOf = ({ invocation }: Pair): number => (invocation.value as { customer: number }).customer

const soldTwice = (confirmed: ReadonlyMap<number, readonly Pair[]>): readonly SeatFinding[] =>
  [...confirmed].flatMap(([seat, pairs]) => {
    const customers = new Set(pairs.map(customerOf))
    if (customers.size < 2) return []
    const told = pairs.map((pair) => `customer ${customerOf(pair)} (confirmed at ${at(pair)})`).join(', ')
    const rows = pairs.map((pair) =>
      tableRow([seat, customerOf(pair), at(pair), ''], [pair.invocation.index], 'sold twice'),
    )
    return [finding('sold twice', `seat ${seat}: ${told}`, pairs, rows)]
  })

const holderOf = (seat: number, customer: number | null): string => `${seat} ${customer}`

/** Which customer asked for which seat, without requests that were certainly refused. */
const askedFor = (pairs: Sequence<Pair>): ReadonlySet<string> =>
  new Set(
    pairs
      .filter(({ invocation, completion }) => invocation.f === 'book' && completion?.type !== 'fail')
      .map((pair) => holderOf((pair.invocation.value as Seat).seat, customerOf(pair))),
  )

interface SeatRead extends Seat {
  readonly pair: Pair
}

/** In order of invocation. */
const readsOf = (pairs: Sequence<Pair>): readonly SeatRead[] =>
  pairs.flatMap((pair) =>
    pair.invocation.f === 'read' && pair.completion?.type === 'ok'
      ? [{ ...(pair.completion.value as Seat), pair }]
      : [],
  )

/** Seat -> the last reads of it, if they prove something: whatever was confirmed before must be shown by one of them. */
const lastReadsOf = (record: RunRecord): ReadonlyMap<number, readonly Answered[]> => {
  const seatOf = ({ completion }: Answered): number => (completion.value as Seat).seat
  const bySeat = foldPairs(record, foldLastReadsByObject(record, BOOKING, seatOf))
  return new Map(
    [...bySeat].flatMap(([seat, reads]) => {
      const { answers, unproven } = finalAnswers(reads, record)
      return unproven === null ? [[seat, answers] as const] : []
    }),
  )
}

/** What a read proves that does not show a confirmed booking, and that no later read contradicts. */
type JudgeMissing = (seat: number, customer: number) => 'lost' | 'missing'

const judgeMissingIn = (record: RunRecord): JudgeMissing => {
  if (promiseOf(record, BOOKING, 'read').name === 'linearizable') return () => 'lost'
  const last = lastReadsOf(record)
  return (seat, customer) => {
    const answers = last.get(seat) ?? []
    const shows = ({ completion }: Answered): boolean => (completion.value as Seat).customer === customer
    return answers.length > 0 && !answers.some(shows) ? 'lost' : 'missing'
  }
}

const readsAgainst = (
  pairs: Sequence<Pair>,
  confirmed: ReadonlyMap<number, readonly Pair[]>,
  judgeMissing: JudgeMissing,
): readonly SeatFinding[] => {
  const asked = askedFor(pairs)
  const reads = readsOf(pairs)
  /** Seat and customer -> the last read that showed this booking. */
  const seen = new Map(reads.map(({ seat, customer, pair }) => [holderOf(seat, customer), pair]))
  return reads.flatMap(({ seat, customer, pair }): readonly SeatFinding[] => {
    if (customer !== null && !asked.has(holderOf(seat, customer))) {
      const text = `seat ${seat}: read at ${at(pair)} as booked by customer ${customer}, who never asked for it`
      const row = tableRow(
        [seat, '', '', `booked by customer ${customer} at ${at(pair)}`],
        [pair.invocation.index],
        'invented',
      )
      return [finding('invented', text, [pair], [row])]
    }
    const { timeNs } = pair.invocation
    const before = (confirmed.get(seat) ?? []).find(
      (sale) => (sale.completion?.timeNs ?? 0) < timeNs && customerOf(sale) !== customer,
    )
    if (before === undefined) return []
    const later = seen.get(holderOf(seat, customerOf(before)))
    const isBack = later !== undefined && later.invocation.timeNs > timeNs
    const now = customer === null ? 'free' : `booked by customer ${customer}`
    const text = `seat ${seat}: confirmed to customer ${customerOf(before)} at ${at(before)}, read as ${now} at ${at(pair)}`
    const kind = isBack ? 'stale' : judgeMissing(seat, customerOf(before))
    const cells = [seat, customerOf(before), at(before), `${now} at ${at(pair)}`]
    const row = tableRow(cells, [before.invocation.index, pair.invocation.index], kind)
    return [finding(kind, text, [before, pair], [row])]
  })
}

const judge = (record: RunRecord): Judged => {
  const { pairs } = record
  const confirmed = confirmedOf(pairs)
  const findings = [...soldTwice(confirmed), ...readsAgainst(pairs, confirmed, judgeMissingIn(record))]
  const missing = findings.filter(({ kind }) => kind === 'missing').length
  return conclude(findings, {
    seen: `${confirmed.size} seats sold`,
    clean: 'each once, and none lost',
    unproven:
      confirmed.size === 0
        ? 'none was sold'
        : missing > 0
          ? 'some reads do not show a booking, and reads may be old'
          : null,
    kinds: KINDS,
    allows: (kind) =>
      kind === 'missing' ||
      (kind === 'stale' && promiseOf(record, BOOKING, 'read').name === 'consistent-prefix'),
    anomalies: ANOMALIES,
    table: { columns: COLUMNS },
    details: { sold: confirmed.size },
  })
}

export const booking = checkerOf({
  name: 'booking',
  judgesBeginnings: true,
  judgesObjects: () => true,
  finds: 'seats sold twice, confirmed bookings lost',
  needs: ['history'],
  promise: promisedOf(BOOKING, 'no seat is sold twice, and no confirmed booking is lost'),
  judge,
})
