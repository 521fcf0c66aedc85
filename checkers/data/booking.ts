/** Seats: none is sold twice, and no confirmed one is lost. */

import type { Pair } from '../../harness/api/history.ts'
import type { RunRecord } from '../../harness/api/record.ts'
import type { Evidence } from '../../harness/api/verdict.ts'
import type { Booked, Seat } from '../../harness/vocabularies/booking.ts'
import { checkerOf, type Judged } from '../checker-of.ts'

const SHOWN = 10

interface Found {
  readonly kind: 'sold twice' | 'lost' | 'invented'
  readonly text: string
  readonly pairs: readonly Pair[]
}

const at = ({ completion }: Pair): string => `${((completion?.timeNs ?? 0) / 1e9).toFixed(3)} s`

const isConfirmed = ({ invocation, completion }: Pair): boolean =>
  invocation.f === 'book' && completion?.type === 'ok' && (completion.value as Booked).confirmed

/** Seat -> who was told that it is theirs. */
const confirmedOf = (pairs: readonly Pair[]): ReadonlyMap<number, readonly Pair[]> =>
  Map.groupBy(pairs.filter(isConfirmed), ({ invocation }) => (invocation.value as { seat: number }).seat)

const customerOf = ({ invocation }: Pair): number => (invocation.value as { customer: number }).customer

const soldTwice = (confirmed: ReadonlyMap<number, readonly Pair[]>): readonly Found[] =>
  [...confirmed].flatMap(([seat, pairs]) => {
    const customers = new Set(pairs.map(customerOf))
    if (customers.size < 2) return []
    const told = pairs.map((pair) => `customer ${customerOf(pair)} (confirmed at ${at(pair)})`).join(', ')
    return [{ kind: 'sold twice', text: `seat ${seat}: ${told}`, pairs } as const]
  })

const readsAgainst = (
  pairs: readonly Pair[],
  confirmed: ReadonlyMap<number, readonly Pair[]>,
): readonly Found[] => {
  const asked = new Set(
    pairs
      .filter(({ invocation, completion }) => invocation.f === 'book' && completion?.type !== 'fail')
      .map((pair) => {
        const { seat, customer } = pair.invocation.value as { seat: number; customer: number }
        return `${seat} ${customer}`
      }),
  )
  return pairs.flatMap((pair): readonly Found[] => {
    if (pair.invocation.f !== 'read' || pair.completion?.type !== 'ok') return []
    const { seat, customer } = pair.completion.value as Seat
    if (customer !== null && !asked.has(`${seat} ${customer}`))
      return [
        {
          kind: 'invented',
          text: `seat ${seat}: read as customer ${customer}’s at ${at(pair)}, who never asked for it`,
          pairs: [pair],
        },
      ]
    const before = (confirmed.get(seat) ?? []).find(
      (sale) => (sale.completion?.timeNs ?? 0) < pair.invocation.timeNs && customerOf(sale) !== customer,
    )
    if (before === undefined) return []
    const now = customer === null ? 'free' : `customer ${customer}’s`
    return [
      {
        kind: 'lost',
        text: `seat ${seat}: confirmed to customer ${customerOf(before)} at ${at(before)}, read as ${now} at ${at(pair)}`,
        pairs: [before, pair],
      },
    ]
  })
}

const judge = ({ pairs }: RunRecord): Judged => {
  const confirmed = confirmedOf(pairs)
  const found = [...soldTwice(confirmed), ...readsAgainst(pairs, confirmed)]
  const count = (kind: Found['kind']): number => found.filter((each) => each.kind === kind).length
  const details = {
    sold: confirmed.size,
    soldTwice: count('sold twice'),
    lost: count('lost'),
    invented: count('invented'),
  }
  if (found.length === 0)
    return {
      status: confirmed.size === 0 ? 'unknown' : 'valid',
      summary: `${confirmed.size} seats sold, each once, and none lost.`,
      evidence: [],
      details,
    }
  const shown = found.slice(0, SHOWN)
  const evidence: Evidence = {
    title: `${details.soldTwice} seats sold twice, ${details.lost} reads of lost bookings, ${details.invented} of invented ones`,
    text: shown.map(({ kind, text }) => `${kind}: ${text}`).join('\n'),
    operations: shown.flatMap((each) => each.pairs.map(({ invocation }) => invocation.index)),
  }
  return {
    status: 'invalid',
    summary: `${evidence.title}; first, ${found[0]?.text}.`,
    evidence: [evidence],
    details,
  }
}

export const booking = checkerOf({
  name: 'booking',
  finds: 'seats sold twice, confirmed bookings lost',
  needs: ['history'],
  promise: 'no seat is sold twice, no confirmed one lost',
  judge,
})
