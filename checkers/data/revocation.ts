/**
 * Revocation, fail-closed: after a revocation is acknowledged, no node allows the subject any more, unless access was
 * granted again in the meantime. A check that gets no answer or an error does no harm. Where answers may be old, they may be
 * from before the revocation. `eventual`: all replicas may not still allow it at the end (`final-answers.ts`).
 */

import type { Pair } from '../../harness/api/history.ts'
import type { RunRecord } from '../../harness/api/record.ts'
import { formatTimeNs, NS_PER_MS } from '../../harness/support/time.ts'
import { ACCESS, type Checked } from '../../harness/vocabularies/access.ts'
import { finalAnswers, readsAtTheEnd } from '../final-answers.ts'
import { lowerBound } from '../lower-bound.ts'
import { promisedOf, promiseOf } from '../promise.ts'
import { checkerOf, conclude, type Finding, finding, type Judged } from '../verdict.ts'
import { latestOver } from './latest-over.ts'

const subjectOf = ({ invocation }: Pair): number => (invocation.value as { subject: number }).subject
const endNs = ({ completion }: Pair): number =>
  completion?.type === 'ok' ? completion.timeNs : Number.POSITIVE_INFINITY

const KINDS = ['allowed at the end', 'allowed once revoked', 'allowed and never granted'] as const
type Breach = Finding<(typeof KINDS)[number]>

const ANOMALIES: Readonly<Record<Breach['kind'], string>> = {
  'allowed at the end': 'access after revocation',
  'allowed once revoked': 'access after revocation',
  'allowed and never granted': 'access nobody granted',
}

const allowedAt = (check: Pair): string => {
  const { node = 'a node', timeNs } = check.invocation
  return `subject ${subjectOf(check)} was allowed by ${node} at ${formatTimeNs(timeNs)}`
}

const neverGranted = (check: Pair): Breach =>
  finding('allowed and never granted', `${allowedAt(check)}: nobody had granted it`, [check])

/** @param revocation the last revocation that was over before the check began */
const onceRevoked = (check: Pair, revocation: Pair): Breach => {
  const afterMs = ((check.invocation.timeNs - endNs(revocation)) / NS_PER_MS).toFixed(0)
  const text = `${allowedAt(check)}: revoked ${afterMs} ms earlier`
  return finding('allowed once revoked', text, [check, revocation])
}

/** For grants in order of invocation: the latest end of each grant and all grants before it. */
const latestEnds = (grants: readonly Pair[]): readonly number[] => {
  let latestNs = Number.NEGATIVE_INFINITY
  return grants.map((grant) => {
    latestNs = Math.max(latestNs, endNs(grant))
    return latestNs
  })
}

/** A grant explains a check if it began before the check ended and was not certainly revoked before the check began. */
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
    if (begun === 0) return [neverGranted(check)]
    if (revocation === null || revocation.invocation.timeNs <= grantedNs) return []
    return [onceRevoked(check, revocation)]
  })
}

/** Subjects that are allowed by every replica at the end, although they were revoked. */
const allowedAtTheEnd = (record: RunRecord, breaches: readonly Breach[]): readonly Breach[] => {
  const wrong = new Map(
    breaches.flatMap((breach) =>
      breach.kind === 'allowed once revoked' ? [[breach.operations[0], breach] as const] : [],
    ),
  )
  return [...Map.groupBy(readsAtTheEnd(record, ACCESS), subjectOf).values()].flatMap((checks) => {
    const { answers, unproven } = finalAnswers(checks, record)
    const found = answers.flatMap(({ invocation }) => wrong.get(invocation.index) ?? [])
    const [first] = found
    if (first === undefined || unproven !== null || found.length < answers.length) return []
    return [{ ...first, kind: 'allowed at the end' as const }]
  })
}

const judge = (record: RunRecord): Judged => {
  const bySubject = new Map<number, { changes: Pair[]; allowed: Pair[] }>()
  let checks = 0
  let revocations = 0
  for (const pair of record.pairs) {
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
  const promise = promiseOf(record, ACCESS, 'check').name
  const end = promise === 'eventual' ? finalAnswers(readsAtTheEnd(record, ACCESS), record).unproven : null
  const unproven =
    checks === 0 ? 'no check was answered' : revocations === 0 ? 'no revocation was acknowledged' : end
  return conclude(promise === 'eventual' ? [...allowedAtTheEnd(record, breaches), ...breaches] : breaches, {
    seen: `${checks} checks, ${revocations} acknowledged revocations`,
    clean: 'nothing was allowed after it was revoked',
    unproven,
    kinds: KINDS,
    anomalies: ANOMALIES,
    allows: (kind) => kind === 'allowed once revoked' && promise !== 'linearizable',
    blamed: 'check',
    details: { checks, revocations },
  })
}

export const revocation = checkerOf({
  name: 'revocation',
  finds: 'access that is allowed after it was revoked',
  needs: ['history'],
  promise: promisedOf(ACCESS, 'after a revocation is acknowledged, no node allows the access'),
  judge,
})
