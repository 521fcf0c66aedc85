/** The answers of clients against their vocabulary. */
import { describe, expect, it } from 'vitest'
import { LOCK } from '../vocabularies/locks.ts'
import { REGISTER } from '../vocabularies/register.ts'
import { misfitOf } from './validate.ts'

const READ = { f: 'read', value: { key: 1 } }
const answered = (ok: unknown): string | null => misfitOf(REGISTER, READ, { type: 'ok', value: ok })

describe('what a client returns', () => {
  it.each([
    [{ key: 1, value: 4.5 }, /^the ok of read .* is .*: value: /],
    [{ key: 1 }, /value: /],
    ['4', /expected object/],
    [{ key: 2, value: 4 }, /its key is 2, and that of the invocation is 1/],
  ])('is one sentence if the answer does not fit the call: %j', (ok, sentence) => {
    expect(answered(ok)).toMatch(sentence)
  })

  it.each([
    [undefined, /^the outcome is nothing: /],
    [{ type: 'OK', value: { key: 1, value: 4 } }, /^the outcome is .*type/],
    [{ type: 'fail' }, /error: /],
    [{ type: 'fail', error: 'refused', meta: { why: ['a'] } }, /^the meta of the outcome is /],
  ])('is one sentence if it is no outcome: %j', (outcome, sentence) => {
    expect(misfitOf(REGISTER, READ, outcome)).toMatch(sentence)
  })

  it('may have fields without a value', () => {
    expect(answered({ key: 1, value: null })).toBeNull()
    const acquire = { f: 'acquire', value: { key: 1, owner: 2 } }
    const value = { key: 1, owner: 2, done: false, token: undefined }
    expect(misfitOf(LOCK, acquire, { type: 'ok', value })).toBeNull()
  })
})
