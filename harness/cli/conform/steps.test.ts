import { describe, expect, it } from 'vitest'
import type { CallSeen } from './observations.ts'
import { Steps } from './steps.ts'

const seen = (exchanges: number, value: unknown, isWarm = true): CallSeen => ({
  vocabulary: 'lease',
  f: 'acquire',
  situation: 'healthy',
  outcome: { type: 'ok', value },
  thrown: null,
  lateMs: 0,
  changes: true,
  isWarm,
  steps: null,
  exchanges,
  isReached: true,
  sentBytes: 1,
  receivedBytes: 1,
  repeats: 0,
  misfit: null,
  delivers: false,
})

const known = (...calls: readonly CallSeen[]): Steps => {
  const steps = new Steps()
  for (const call of calls) steps.take('acquire', call)
  return steps
}

const TAKEN = { done: false }

describe('how many exchanges a call needs', () => {
  it('is known after a few calls', () => {
    expect(known(seen(1, TAKEN), seen(1, TAKEN)).most('acquire')).toBeNull()
    expect(known(seen(1, TAKEN), seen(1, TAKEN), seen(1, TAKEN)).most('acquire')).toBe(1)
    expect(known(seen(1, TAKEN)).most('release')).toBeNull()
  })

  it('is the most that one of them needed', () =>
    expect(known(seen(1, TAKEN), seen(3, { done: true, token: 5 })).most('acquire')).toBe(3))

  it('is not known where an answer of another form came to a call that sent more than its requests', () => {
    const calls = [seen(1, TAKEN), seen(1, TAKEN), seen(1, TAKEN), seen(4, { done: true, token: 5 }, false)]
    expect(known(...calls).most('acquire')).toBeNull()
    expect(known(...calls).areKnown('acquire')).toBe(false)
    expect(known(...calls, seen(3, { done: true, token: 9 })).most('acquire')).toBe(3)
  })

  it('does not depend on what is read', () => {
    const reads = [1, 'a', 2n ** 60n].map((value) => seen(1, { value }))
    expect(known(...reads).most('acquire')).toBe(1)
  })
})
