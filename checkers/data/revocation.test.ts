import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Pair, Sequence } from '../../harness/api/history.ts'
import { asked, cases, inDoubt } from '../../harness/testing/cases.ts'
import { histories } from '../../harness/testing/histories.ts'
import { oldReads } from '../../harness/testing/promises.ts'
import { recordOf } from '../../harness/testing/record.ts'
import { done } from '../../harness/testing/steps.ts'
import { ACCESS } from '../../harness/vocabularies/access.ts'
import { revocation } from './revocation.ts'

const change = (f: string, process = 0) => done(process, f, { subject: 1 })
const check = (allowed: boolean, process = 9) =>
  done(process, 'check', { subject: 1 }, { subject: 1, allowed })
cases(revocation, [
  ['granted, revoked, refused', 'valid', change('grant'), check(true), change('revoke'), check(false)],
  ['allowed once revoked', 'invalid', change('grant'), change('revoke'), check(true)],
  ['allowed what nobody granted', 'invalid', change('revoke'), check(true)],
  ['granted again', 'valid', change('grant'), change('revoke'), change('grant'), check(true)],
  [
    'while it is being revoked',
    'valid',
    change('grant'),
    asked(0, 'revoke', { subject: 1 }),
    check(true),
    [[0, 'ok', 'revoke']],
  ],
  [
    'a grant in doubt may come later',
    'valid',
    inDoubt(0, 'grant', { subject: 1 }),
    change('revoke', 1),
    check(true),
  ],
  ['denied once granted', 'invalid', change('revoke'), change('grant'), check(false)],
  [
    'denied while it is being granted',
    'valid',
    change('revoke'),
    asked(0, 'grant', { subject: 1 }),
    check(false),
    [[0, 'ok', 'grant']],
  ],
  [
    'a revocation in doubt may come later',
    'valid',
    inDoubt(0, 'revoke', { subject: 1 }),
    change('revoke', 2),
    change('grant', 1),
    check(false),
  ],
  ['never revoked', 'unknown', change('grant'), check(true)],
])

for (const given of oldReads(ACCESS, 'check'))
  cases(
    revocation,
    [
      ['allowed once revoked', 'valid', change('grant'), change('revoke'), check(true)],
      ['denied once granted', 'valid', change('revoke'), change('grant'), check(false)],
      ['allowed what nobody granted', 'invalid', change('revoke'), check(true)],
    ],
    given,
  )

/**
 * By the definition: no change explains the answer, because each was over before an opposite one that was over before the
 * check. Nobody is allowed at first.
 */
const isBreach = (check: Pair, pairs: Sequence<Pair>): boolean => {
  const endNs = ({ completion }: Pair): number =>
    completion?.type === 'ok' ? completion.timeNs : Number.POSITIVE_INFINITY
  const isAllowed = (check.completion?.value as { allowed: boolean } | undefined)?.allowed === true
  const [explaining, opposite] = isAllowed ? ['grant', 'revoke'] : ['revoke', 'grant']
  const isUndone = (sinceNs: number): boolean =>
    pairs.some(
      (undoing) =>
        undoing.invocation.f === opposite &&
        endNs(undoing) < check.invocation.timeNs &&
        undoing.invocation.timeNs > sinceNs,
    )
  const explanations = pairs.filter(
    ({ invocation, completion }) =>
      invocation.f === explaining && completion?.type !== 'fail' && invocation.timeNs < endNs(check),
  )
  return (
    (isAllowed || isUndone(Number.NEGATIVE_INFINITY)) && explanations.every((each) => isUndone(endNs(each)))
  )
}

const operation = fc.record({
  f: fc.constantFrom('grant', 'revoke', 'check', 'check'),
  value: fc.constant({ subject: 1 }),
  type: fc.constantFrom('ok' as const, 'ok' as const, 'ok' as const, 'fail' as const, 'info' as const),
  ok: fc.boolean().map((allowed) => ({ subject: 1, allowed })),
})

it('revocation agrees with its definition', async () => {
  await fc.assert(
    fc.asyncProperty(histories(operation), async (history) => {
      const record = recordOf({ history })
      const checks = record.pairs.filter(
        ({ invocation, completion }) => invocation.f === 'check' && completion?.type === 'ok',
      )
      const { details } = await revocation.check(record, new AbortController().signal)
      const kinds = ['allowed once revoked', 'allowed and never granted', 'denied once granted']
      const breaches = kinds.reduce((sum, kind) => sum + Number(details[kind]), 0)
      expect(breaches).toBe(checks.filter((each) => isBreach(each, record.pairs)).length)
    }),
    { numRuns: 500 },
  )
})
