/**
 * Revocation, fail-closed: once a revocation is acknowledged, no node allows the subject any more, unless somebody granted
 * again meanwhile. A check that does not answer, or is refused, does no harm.
 */

import type { Pair } from '../../harness/api/history.ts'
import type { RunRecord } from '../../harness/api/record.ts'
import { formatTimeNs, NS_PER_MS } from '../../harness/support/time.ts'
import type { Checked } from '../../harness/vocabularies/access.ts'
import { lowerBound } from '../lower-bound.ts'
import { checkerOf, conclude, type Finding, finding, type Judged } from '../verdict.ts'
import { latestOver } from './latest-over.ts'

const subjectOf = ({ invocation }: Pair): number => (invocation.value as { subject: number }).subject
const endNs = ({ completion }: Pair): number =>
  completion?.type === 'ok' ? completion.timeNs : Number.POSITIVE_INFINITY

const KINDS = ['allowed once revoked', 'allowed and never granted'] as const
type Breach = Finding<(typeof KINDS)[number]>

/** @param revocation the last that was over before the check began; null: nobody had granted anything */
const breachOf = (check: Pair, revocation: Pair | null): Breach => {
  const { node = 'a node', timeNs } = check.invocation
  const allowed = `subject ${subjectOf(check)} was allowed by ${node} at ${formatTimeNs(timeNs)}`
  if (revocation === null)
    return finding('allowed and never granted', `${allowed}: nobody had granted it`, [check])
  const afterMs = ((timeNs - endNs(revocation)) / NS_PER_MS).toFixed(0)
  return finding('allowed once revoked', `${allowed}: revoked ${afterMs} ms before`, [check, revocation])
}

/** Of grants in order of invocation: up to each, when the last of them was over. */
const latestEnds = (grants: readonly Pair[]): readonly number[] => {
  let latestNs = Number.NEGATIVE_INFINITY
  return grants.map((grant) => {
    latestNs = Math.max(latestNs, endNs(grant))
    return latestNs
  })
}

/** A grant explains a check if it began before the check ended, and was not certainly undone before the check began. */
const breachesOf = (changes: readonly Pair[], allowed: readonly Pair[]): readonly Breach[] => {
  const grants = changes.filter(
    ({ invocation, completion }) => invocation.f === 'grant' && completion?.type !== 'fail',
  )
  const grantedUpTo = latestEnds(grants)
  const revokedBefore = latestOver(changes.filter(({ invocation }) => invocation.f === 'revoke'))
  return allowed.flatMap((check) => {
    const begun = lowerBound(grants, ({ invocation }) => invocation.timeNs, endNs(check))
    const grantedNs = grantedUpTo[begun - 1] ?? Number.NEGATIVE_INFINITY
    const revocation = revokedBefore(check.invocation.timeNs)
    const isExplained = begun > 0 && (revocation === null || revocation.invocation.timeNs <= grantedNs)
    return isExplained ? [] : [breachOf(check, revocation)]
  })
}

const judge = ({ pairs }: RunRecord): Judged => {
  const bySubject = new Map<number, { changes: Pair[]; allowed: Pair[] }>()
  let checks = 0
  let revocations = 0
  for (const pair of pairs) {
    const of = bySubject.get(subjectOf(pair)) ?? { changes: [], allowed: [] }
    bySubject.set(subjectOf(pair), of)
    if (pair.invocation.f !== 'check') {
      of.changes.push(pair)
      if (pair.invocation.f === 'revoke' && pair.completion?.type === 'ok') revocations++
    } else if (pair.completion?.type === 'ok') {
      checks++
      if ((pair.completion.value as Checked).allowed) of.allowed.push(pair)
    }
  }
  const breaches = [...bySubject.values()].flatMap(({ changes, allowed }) => breachesOf(changes, allowed))
  const unproven = checks === 0 ? 'nobody checked' : revocations === 0 ? 'nothing was surely revoked' : null
  return conclude(breaches, {
    seen: `${checks} checks, ${revocations} acknowledged revocations`,
    clean: 'nothing was allowed that had been revoked',
    unproven,
    kinds: KINDS,
    details: { checks, revocations },
  })
}

export const revocation = checkerOf({
  name: 'revocation',
  finds: 'access granted after it was revoked',
  needs: ['history'],
  promise: 'once revoked, allowed nowhere',
  judge,
})
