/**
 * Revocation, fail-closed: after a revocation is acknowledged, no node allows the subject any more, unless access was
 * granted again in the meantime. A check that gets no answer or an error does no harm. `linearizable`: nor may a node deny
 * what was granted, and not revoked since. Where answers may be old, they may be from before the revocation or the grant.
 * `eventual`: all replicas may not still allow it at the end (`final-answers.ts`).
 */

import type { Pair } from '../../harness/api/history.ts'
import type { RunRecord } from '../../harness/api/record.ts'
import { formatTimeNs, NS_PER_MS } from '../../harness/support/time.ts'
import { ACCESS, type Checked } from '../../harness/vocabularies/access.ts'
import { type Answered, finalAnswers, foldLastReads, foldLastReadsByObject } from '../final-answers.ts'
import { foldPairs } from '../fold.ts'
import { lowerBound } from '../lower-bound.ts'
import { promisedOf, promiseOf } from '../promise.ts'
import { checkerOf, conclude, type Finding, finding, type Judged } from '../verdict.ts'
import { latestOver } from './latest-over.ts'

const subjectOf = ({ invocation }: Pair): number => (invocation.value as { subject: number }).subject
const endNs = ({ completion }: Pair): number =>
  completion?.type === 'ok' ? completion.timeNs : Number.POSITIVE_INFINITY

const KINDS = [
  'allowed at the end',
  'allowed once revoked',
  'allowed and never granted',
  'denied once granted',
] as const
type Breach = Finding<(typeof KINDS)[number]>

const ANOMALIES: Readonly<Record<Breach['kind'], string>> = {
  'allowed at the end': 'access after revocation',
  'allowed once revoked': 'access after revocation',
  'allowed and never granted': 'access nobody granted',
  'denied once granted': 'granted access denied',
}

const isAnswered = (pair: Pair): pair is Answered => pair.completion?.type === 'ok'

const isAllowedBy = ({ completion }: Answered): boolean => (completion.value as Checked).allowed

const answerOf = (check: Answered): string => {
  const { node = 'a node', timeNs } = check.invocation
  return `subject ${subjectOf(check)} was ${isAllowedBy(check) ? 'allowed' : 'denied'} by ${node} at ${formatTimeNs(timeNs)}`
}

const neverGranted = (check: Answered): Breach =>
  finding('allowed and never granted', `${answerOf(check)}: nobody had granted it`, [check])

/** @param change the last one that was over before the check began, and says the opposite */
const against = (kind: Breach['kind'], check: Answered, change: Pair): Breach => {
  const afterMs = ((check.invocation.timeNs - endNs(change)) / NS_PER_MS).toFixed(0)
  const what = change.invocation.f === 'revoke' ? 'revoked' : 'granted'
  return finding(kind, `${answerOf(check)}: ${what} ${afterMs} ms earlier`, [check, change])
}

/** For changes in order of invocation: the latest end of each and all before it. */
const latestEnds = (changes: readonly Pair[]): readonly number[] => {
  let latestNs = Number.NEGATIVE_INFINITY
  return changes.map((change) => {
    latestNs = Math.max(latestNs, endNs(change))
    return latestNs
  })
}

interface Explained {
  /** Whether a change that explains the answer had begun before the check ended. */
  readonly hasBegun: boolean
  /** The change after which none of them explains it; null: one does. */
  readonly undoneBy: Pair | null
}

/** A change explains an answer if it began before the check ended and was not certainly undone before the check began. */
const explainer = (changes: readonly Pair[], f: 'grant' | 'revoke'): ((check: Pair) => Explained) => {
  const own = changes.filter(
    ({ invocation, completion }) => invocation.f === f && completion?.type !== 'fail',
  )
  const ownUpTo = latestEnds(own)
  const undoneBefore = latestOver(changes.filter(({ invocation }) => invocation.f !== f))
  return (check) => {
    const begun = lowerBound(own, ({ invocation }) => invocation.timeNs, endNs(check))
    const ownNs = ownUpTo[begun - 1] ?? Number.NEGATIVE_INFINITY
    const undo = undoneBefore(check.invocation.timeNs)
    return {
      hasBegun: begun > 0,
      undoneBy: undo === null || undo.invocation.timeNs <= ownNs ? null : undo,
    }
  }
}

const breachesOf = (changes: readonly Pair[], checks: readonly Answered[]): readonly Breach[] => {
  const granted = explainer(changes, 'grant')
  const revoked = explainer(changes, 'revoke')
  return checks.flatMap((check) => {
    const isAllowed = isAllowedBy(check)
    const { hasBegun, undoneBy } = (isAllowed ? granted : revoked)(check)
    // At first, access is denied without any revocation.
    if (isAllowed && !hasBegun) return [neverGranted(check)]
    if (undoneBy === null) return []
    return [against(isAllowed ? 'allowed once revoked' : 'denied once granted', check, undoneBy)]
  })
}

/** Subjects that are allowed by every replica at the end, although they were revoked. */
const allowedAtTheEnd = (record: RunRecord, breaches: readonly Breach[]): readonly Breach[] => {
  const wrong = new Map(
    breaches.flatMap((breach) =>
      breach.kind === 'allowed once revoked' ? [[breach.operations[0], breach] as const] : [],
    ),
  )
  return [...foldPairs(record, foldLastReadsByObject(record, ACCESS, subjectOf)).values()].flatMap(
    (checks) => {
      const { answers, unproven } = finalAnswers(checks, record)
      const found = answers.flatMap(({ invocation }) => wrong.get(invocation.index) ?? [])
      const [first] = found
      if (first === undefined || unproven !== null || found.length < answers.length) return []
      return [{ ...first, kind: 'allowed at the end' as const }]
    },
  )
}

const judge = (record: RunRecord): Judged => {
  const bySubject = new Map<number, { changes: Pair[]; checks: Answered[] }>()
  let checks = 0
  let revocations = 0
  for (const pair of record.pairs) {
    const of = bySubject.get(subjectOf(pair)) ?? { changes: [], checks: [] }
    bySubject.set(subjectOf(pair), of)
    if (pair.invocation.f !== 'check') {
      of.changes.push(pair)
      if (pair.invocation.f === 'revoke' && pair.completion?.type === 'ok') revocations++
    } else if (isAnswered(pair)) {
      checks++
      of.checks.push(pair)
    }
  }
  const breaches = [...bySubject.values()].flatMap(({ changes, checks }) => breachesOf(changes, checks))
  const promise = promiseOf(record, ACCESS, 'check').name
  const end =
    promise === 'eventual'
      ? finalAnswers(foldPairs(record, foldLastReads(record, ACCESS)), record).unproven
      : null
  const unproven =
    checks === 0 ? 'no check was answered' : revocations === 0 ? 'no revocation was acknowledged' : end
  return conclude(promise === 'eventual' ? [...allowedAtTheEnd(record, breaches), ...breaches] : breaches, {
    seen: `${checks} checks, ${revocations} acknowledged revocations`,
    clean:
      promise === 'linearizable'
        ? 'nothing was allowed after it was revoked, or denied after it was granted'
        : 'nothing was allowed after it was revoked',
    unproven,
    kinds: KINDS,
    anomalies: ANOMALIES,
    allows: (kind) =>
      (kind === 'allowed once revoked' || kind === 'denied once granted') && promise !== 'linearizable',
    blamed: 'check',
    details: { checks, revocations },
  })
}

export const revocation = checkerOf({
  name: 'revocation',
  judgesBeginnings: true,
  judgesObjects: () => true,
  finds: 'access that is allowed after it was revoked',
  needs: ['history'],
  promise: promisedOf(
    ACCESS,
    'after a revocation is acknowledged, no node allows the access; after a grant, none denies it',
  ),
  judge,
})
