/**
 * Leases: no two holders at once by the service's own word, and each token greater than all before it.
 *
 * A lease was granted between the call and its answer, and runs for so long from then, by the service's count, unless it is
 * released before. So its owner surely holds it from the answer until that long after the call, or until it asks to release
 * it. Two such times of one key that overlap break the promise, whatever clocks say.
 */
import type { Pair } from '../../harness/api/history.ts'
import type { RunRecord } from '../../harness/api/record.ts'
import type { Checker } from '../../harness/api/verdict.ts'
import type { Vocabulary } from '../../harness/api/vocabulary.ts'
import { formatTimeNs } from '../../harness/support/time.ts'
import { LEASE, LEASE_MS, type LeaseCall, type LeaseResult } from '../../harness/vocabularies/lease.ts'
import { promisedOf, usesOf } from '../promise.ts'
import { checkerOf, conclude, type Finding, finding, type Judged } from '../verdict.ts'

interface Hold {
  readonly key: number
  readonly owner: number
  readonly token: number | undefined
  readonly pair: Pair
  readonly fromNs: number
  readonly toNs: number
}

const holdsOf = (pairs: readonly Pair[]): readonly Hold[] => {
  const releasedNs = new Map<number, number>()
  for (const { invocation } of pairs)
    if (invocation.f === 'release') {
      const { owner } = invocation.value as LeaseCall['value']
      releasedNs.set(owner, Math.min(invocation.timeNs, releasedNs.get(owner) ?? Number.POSITIVE_INFINITY))
    }
  return pairs.flatMap((pair) => {
    const { invocation, completion } = pair
    if (invocation.f !== 'acquire' || completion?.type !== 'ok') return []
    const { done, token, ttlMs = LEASE_MS } = completion.value as LeaseResult
    if (!done) return []
    const { key, owner } = invocation.value as LeaseCall['value']
    const runsOutNs = invocation.timeNs + ttlMs * 1e6
    const toNs = Math.min(runsOutNs, releasedNs.get(owner) ?? Number.POSITIVE_INFINITY)
    return [{ key, owner, token, pair, fromNs: completion.timeNs, toNs }]
  })
}

const KINDS = ['two holders', 'token not greater'] as const
type LeaseFinding = Finding<(typeof KINDS)[number]>

const overlaps = (holds: readonly Hold[]): readonly LeaseFinding[] => {
  const sorted = holds.filter(({ fromNs, toNs }) => fromNs < toNs).toSorted((a, b) => a.fromNs - b.fromNs)
  const latest = new Map<number, Hold>()
  return sorted.flatMap((hold) => {
    const before = latest.get(hold.key)
    if (before === undefined || hold.toNs > before.toNs) latest.set(hold.key, hold)
    if (before === undefined || before.toNs <= hold.fromNs) return []
    const text = `key ${hold.key}: owner ${before.owner} surely from ${formatTimeNs(before.fromNs)} to ${formatTimeNs(before.toNs)}, owner ${hold.owner} from ${formatTimeNs(hold.fromNs)}`
    return [finding('two holders', text, [before.pair, hold.pair])]
  })
}

/** Of two acquires, one over before the other began. */
const staleTokens = (holds: readonly Hold[]): readonly LeaseFinding[] => {
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
      const text = `key ${hold.key}: token ${hold.token} for owner ${hold.owner}, after ${before.token} for owner ${before.owner}`
      return [finding('token not greater', text, [before.pair, hold.pair])]
    })
}

const judge = ({ pairs }: RunRecord): Judged => {
  const holds = holdsOf(pairs)
  return conclude([...overlaps(holds), ...staleTokens(holds)], {
    seen: `${holds.length} leases`,
    clean: 'never two holders, and every token greater than those before',
    unproven: holds.length === 0 ? 'none was granted' : null,
    kinds: KINDS,
    details: { granted: holds.length },
  })
}

/** @param vocabulary of leases, or of leases that protect something */
export const lease = (vocabulary: Vocabulary): Checker =>
  checkerOf({
    name: 'lease',
    finds: 'two holders of one lease, tokens that do not grow',
    needs: ['history'],
    promise: promisedOf(
      vocabulary,
      'no two holders by the service’s own word; each token greater than all before it',
      usesOf(LEASE),
    ),
    judge,
  })
