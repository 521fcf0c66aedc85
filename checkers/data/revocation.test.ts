import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Pair } from '../../harness/api/history.ts'
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
  ['never revoked', 'unknown', change('grant'), check(true)],
])

for (const given of oldReads(ACCESS, 'check'))
  cases(
    revocation,
    [
      ['allowed once revoked', 'valid', change('grant'), change('revoke'), check(true)],
      ['allowed what nobody granted', 'invalid', change('revoke'), check(true)],
    ],
    given,
  )

/**
 * By the definition: no grant explains the check, each being over before a revocation that was over before the check.
 */
const isBreach = (check: Pair, pairs: readonly Pair[]): boolean => {
  const endNs = ({ completion }: Pair): number =>
    completion?.type === 'ok' ? completion.timeNs : Number.POSITIVE_INFINITY
  const grants = pairs.filter(
    ({ invocation, completion }) =>
      invocation.f === 'grant' && completion?.type !== 'fail' && invocation.timeNs < endNs(check),
  )
  const undoes = (revocation: Pair, grant: Pair): boolean =>
    revocation.invocation.f === 'revoke' &&
    endNs(revocation) < check.invocation.timeNs &&
    revocation.invocation.timeNs > endNs(grant)
  return grants.every((grant) => pairs.some((revocation) => undoes(revocation, grant)))
}

const operation = fc.record({
  f: fc.constantFrom('grant', 'revoke', 'check', 'check'),
  value: fc.constant({ subject: 1 }),
  type: fc.constantFrom('ok' as const, 'ok' as const, 'ok' as const, 'fail' as const, 'info' as const),
  ok: fc.constant({ subject: 1, allowed: true }),
})

it('revocation agrees with its definition', async () => {
  await fc.assert(
    fc.asyncProperty(histories(operation), async (history) => {
      const record = recordOf({ history })
      const allowed = record.pairs.filter(
        ({ invocation, completion }) => invocation.f === 'check' && completion?.type === 'ok',
      )
      const { details } = await revocation.check(record, new AbortController().signal)
      const breaches = Number(details['allowed once revoked']) + Number(details['allowed and never granted'])
      expect(breaches).toBe(allowed.filter((each) => isBreach(each, record.pairs)).length)
    }),
    { numRuns: 500 },
  )
})
