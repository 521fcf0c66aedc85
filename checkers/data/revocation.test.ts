import { asked, cases, inDoubt } from '../../harness/testing/cases.ts'
import { done } from '../../harness/testing/steps.ts'
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
