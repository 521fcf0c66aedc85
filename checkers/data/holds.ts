/**
 * Who certainly held a lock or a lease, and when. It is granted between the call and its answer, and lasts until its holder
 * asks to release it or, for a lease, until it runs out. So its owner certainly holds it from the answer until then, by
 * whatever clock. Holds that overlap show more holders than there may be, and holds that do not can have been granted one
 * after another: this decides mutual exclusion, whatever was refused.
 */
import type { Pair, Sequence } from '../../harness/api/history.ts'
import type { TableRow } from '../../harness/api/verdict.ts'
import { formatTimeNs } from '../../harness/support/time.ts'
import type { LeaseResult } from '../../harness/vocabularies/lease.ts'
import type { LockCall } from '../../harness/vocabularies/locks.ts'
import { tableRow } from '../table-view.ts'
import { type Finding, finding } from '../verdict.ts'

const HOLD_KINDS = ['two holders', 'more holders than permits', 'token not greater'] as const
export type HoldFinding = Finding<(typeof HOLD_KINDS)[number]>

/** What a conclusion from such findings says: their kinds, which are standard names already, and their table. */
export const HOLDING = {
  kinds: HOLD_KINDS,
  anomalies: Object.fromEntries(HOLD_KINDS.map((kind) => [kind, kind])) as Record<
    HoldFinding['kind'],
    string
  >,
  table: { columns: ['key', 'owner', 'token', 'certainly held from', 'until'] },
}

export interface Hold {
  readonly key: number
  readonly owner: number
  readonly token: number | undefined
  readonly pair: Pair
  readonly fromNs: number
  readonly toNs: number
}

/** @param lastsMs how long a grant lasts from its call, if it is not released */
export const holdsOf = (
  pairs: Sequence<Pair>,
  lastsMs: (granted: LeaseResult) => number,
): readonly Hold[] => {
  const releasedNs = new Map<number, number>()
  for (const { invocation } of pairs)
    if (invocation.f === 'release') {
      const { owner } = invocation.value as LockCall['value']
      releasedNs.set(owner, Math.min(invocation.timeNs, releasedNs.get(owner) ?? Number.POSITIVE_INFINITY))
    }
  return pairs.flatMap((pair) => {
    const { invocation, completion } = pair
    if (invocation.f !== 'acquire' || completion?.type !== 'ok') return []
    const granted = completion.value as LeaseResult
    if (!granted.done) return []
    const { key, owner } = invocation.value as LockCall['value']
    const runsOutNs = invocation.timeNs + lastsMs(granted) * 1e6
    const toNs = Math.min(runsOutNs, releasedNs.get(owner) ?? Number.POSITIVE_INFINITY)
    return [{ key, owner, token: granted.token, pair, fromNs: completion.timeNs, toNs }]
  })
}

const certainly = ({ owner, fromNs, toNs }: Hold): string =>
  `owner ${owner} certainly holds it from ${formatTimeNs(fromNs)}${toNs === Number.POSITIVE_INFINITY ? ' on' : ` to ${formatTimeNs(toNs)}`}`

const rowOf = ({ key, owner, token, fromNs, toNs, pair }: Hold, mark: string): TableRow => {
  const until = toNs === Number.POSITIVE_INFINITY ? 'not released' : formatTimeNs(toNs)
  return tableRow([key, owner, token ?? '', formatTimeNs(fromNs), until], [pair.invocation.index], mark)
}

/** Holds that begin while all permits are certainly held. */
export const tooManyHolders = (holds: readonly Hold[], permits = 1): readonly HoldFinding[] => {
  const sorted = holds.filter(({ fromNs, toNs }) => fromNs < toNs).toSorted((a, b) => a.fromNs - b.fromNs)
  const holding = new Map<number, readonly Hold[]>()
  return sorted.flatMap((hold) => {
    const others = (holding.get(hold.key) ?? []).filter(({ toNs }) => toNs > hold.fromNs)
    holding.set(hold.key, [...others, hold])
    if (others.length < permits) return []
    const text = `key ${hold.key}: ${[...others.slice(-permits), hold].map(certainly).join(', ')}`
    const kind = permits === 1 ? 'two holders' : 'more holders than permits'
    return [
      finding(
        kind,
        text,
        [...others.slice(-permits), hold].map(({ pair }) => pair),
        [...others.slice(-permits), hold].map((each) => rowOf(each, kind)),
      ),
    ]
  })
}

/** Compares two acquires of which one was over before the other began. */
export const staleTokens = (holds: readonly Hold[]): readonly HoldFinding[] => {
  const byAnswer = holds.toSorted((a, b) => a.fromNs - b.fromNs)
  const greatest = new Map<number, Hold>()
  let next = 0
  return holds
    .toSorted((a, b) => a.pair.invocation.timeNs - b.pair.invocation.timeNs)
    .flatMap((hold) => {
      for (
        ;
        next < byAnswer.length && (byAnswer[next] as Hold).fromNs < hold.pair.invocation.timeNs;
        next++
      ) {
        const earlier = byAnswer[next] as Hold
        if ((earlier.token ?? -1) > (greatest.get(earlier.key)?.token ?? -1))
          greatest.set(earlier.key, earlier)
      }
      const before = greatest.get(hold.key)
      if (before?.token === undefined || hold.token === undefined || hold.token > before.token) return []
      const text = `key ${hold.key}: token ${hold.token} for owner ${hold.owner}, after token ${before.token} for owner ${before.owner}`
      const rows = [rowOf(before, 'greater token before'), rowOf(hold, 'token not greater')]
      return [finding('token not greater', text, [before.pair, hold.pair], rows)]
    })
}
