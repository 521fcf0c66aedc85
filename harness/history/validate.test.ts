/** The answers of clients against their vocabulary. */
import { describe, expect, it } from 'vitest'
import { LOCK } from '../vocabularies/locks.ts'
import { REGISTER } from '../vocabularies/register.ts'
import { checkAnswer } from './validate.ts'

const READ = { f: 'read', value: { key: 1 } }
const refusal = (call: typeof READ, ok: unknown): string => {
  try {
    checkAnswer(REGISTER, call, ok, 'The client of n1')
    return ''
  } catch (error) {
    return String(error)
  }
}

describe('an answer of a client', () => {
  it.each([
    [
      { key: 1, value: 4.5 },
      /The client of n1 answered something that register does not know.*the ok of read.*value: /,
    ],
    [{ key: 1 }, /value: /],
    ['4', /expected object/],
    [{ key: 2, value: 4 }, /its key is 2, and that of the invocation is 1/],
  ])('that does not fit is one sentence: %j', (ok, sentence) => {
    expect(refusal(READ, ok)).toMatch(sentence)
    expect(refusal(READ, ok)).toContain('the mistake of the client and not of the cluster')
  })

  it('may have fields without a value', () => {
    expect(refusal(READ, { key: 1, value: null })).toBe('')
    const acquire = { f: 'acquire', value: { key: 1, owner: 2 } }
    checkAnswer(LOCK, acquire, { key: 1, owner: 2, done: false, token: undefined }, 'The client of n1')
  })
})
