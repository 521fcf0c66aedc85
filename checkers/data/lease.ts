/**
 * Leases: according to the service, there are never two holders at once, and each token is greater than all earlier tokens.
 * `exclusive` leaves out the tokens. `fenced` leaves out the holders: a service that may replace a holder early promises only
 * that its token can be told from the new one.
 */
import type { PromiseName } from '../../harness/api/claims.ts'
import type { RunRecord } from '../../harness/api/record.ts'
import type { Checker } from '../../harness/api/verdict.ts'
import type { Vocabulary } from '../../harness/api/vocabulary.ts'
import { LEASE, LEASE_MS } from '../../harness/vocabularies/lease.ts'
import { promisedOf, usesOf, weakestOf } from '../promise.ts'
import { checkerOf, conclude, type Judged } from '../verdict.ts'
import { HOLDING, type Hold, type HoldFinding, holdsOf, staleTokens, tooManyHolders } from './holds.ts'

export const allowsHold = (promise: PromiseName, kind: HoldFinding['kind']): boolean =>
  kind === 'token not greater' ? promise === 'exclusive' : promise === 'fenced'

/** Why holds prove nothing about the tokens that were promised; null: they do. */
export const withoutTokens = (promise: PromiseName, holds: readonly Hold[]): string | null =>
  promise !== 'exclusive' && holds.length > 0 && holds.every(({ token }) => token === undefined)
    ? 'no token was told'
    : null

const judge = (record: RunRecord, vocabulary: Vocabulary): Judged => {
  const holds = holdsOf(record.pairs, ({ ttlMs = LEASE_MS }) => ttlMs)
  const { name } = weakestOf(record, vocabulary, usesOf(LEASE))
  return conclude([...tooManyHolders(holds), ...staleTokens(holds)], {
    seen: `${holds.length} leases`,
    clean: 'never two holders at once, and every token is greater than all earlier tokens',
    unproven: holds.length === 0 ? 'none was granted' : withoutTokens(name, holds),
    ...HOLDING,
    allows: (kind) => allowsHold(name, kind),
    details: { granted: holds.length },
  })
}

/** @param vocabulary of leases, or of leases that protect something */
export const lease = (vocabulary: Vocabulary): Checker =>
  checkerOf({
    name: 'lease',
    judgesBeginnings: true,
    judgesObjects: () => true,
    finds: 'two holders of one lease, tokens that do not increase',
    needs: ['history'],
    promise: promisedOf(
      vocabulary,
      'never two holders at once, according to the service; each token is greater than all earlier tokens',
      usesOf(LEASE),
    ),
    judge: (record) => judge(record, vocabulary),
  })
