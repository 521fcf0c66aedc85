/**
 * Revocation, fail-closed: once a revocation is acknowledged, no node allows the subject any more, unless somebody granted
 * again meanwhile. A check that does not answer, or is refused, does no harm.
 */

import type { Pair } from '../../harness/api/history.ts'
import type { RunRecord } from '../../harness/api/record.ts'
import type { Evidence } from '../../harness/api/verdict.ts'
import type { Checked } from '../../harness/vocabularies/access.ts'
import { checkerOf, type Judged } from '../checker-of.ts'
import { lowerBound } from '../lower-bound.ts'
import { latestOver } from './latest-over.ts'

const SHOWN = 10

const subjectOf = ({ invocation }: Pair): number => (invocation.value as { subject: number }).subject
const endNs = ({ completion }: Pair): number =>
  completion?.type === 'ok' ? completion.timeNs : Number.POSITIVE_INFINITY

interface Breach {
  readonly check: Pair
  /** The last revocation over before the check began; null: nobody had granted anything. */
  readonly revocation: Pair | null
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
    return isExplained ? [] : [{ check, revocation }]
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
  const details = { checks, revocations, breaches: breaches.length }
  if (breaches.length === 0)
    return {
      status: checks === 0 || revocations === 0 ? 'unknown' : 'valid',
      summary: `${checks} checks, ${revocations} acknowledged revocations: none was allowed what had been revoked.`,
      evidence: [],
      details,
    }
  const line = ({ check, revocation }: Breach): string => {
    const node = check.invocation.node ?? 'a node'
    const when = `${(check.invocation.timeNs / 1e9).toFixed(3)} s`
    const why =
      revocation === null
        ? 'nobody had granted it'
        : `revoked ${((check.invocation.timeNs - endNs(revocation)) / 1e6).toFixed(0)} ms before`
    return `subject ${subjectOf(check)} was allowed by ${node} at ${when}: ${why}`
  }
  const shown = breaches.slice(0, SHOWN)
  const evidence: Evidence = {
    title: `${breaches.length} checks allowed what had been revoked`,
    text: shown.map(line).join('\n'),
    operations: shown.flatMap(({ check, revocation }) => [
      check.invocation.index,
      ...(revocation === null ? [] : [revocation.invocation.index]),
    ]),
  }
  return {
    status: 'invalid',
    summary: `${evidence.title}; first, ${line(breaches[0] as Breach)}.`,
    evidence: [evidence],
    details,
  }
}

export const revocation = checkerOf({
  name: 'revocation',
  finds: 'access granted after it was revoked',
  needs: ['history'],
  promise: 'once revoked, allowed nowhere',
  judge,
})
