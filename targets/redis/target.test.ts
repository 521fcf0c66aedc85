import { expect, it } from 'vitest'
import type { Vocabulary } from '../../harness/api/vocabulary.ts'
import { LEASE } from '../../harness/vocabularies/lease.ts'
import { LOCK } from '../../harness/vocabularies/locks.ts'
import { PROTECTED_LEASE } from '../../harness/vocabularies/protected.ts'
import { REGISTER } from '../../harness/vocabularies/register.ts'
import { redis } from './target.ts'

/** Which losses of a process or of power Redis promises to survive, by when the append-only file is written. */
it.each([
  ['always', { kill: 'any', 'power-loss': 'any' }],
  ['no', { kill: 'any' }],
  // A reply may come before the write, so that a kill loses what was acknowledged.
  ['everysec', {}],
] as const)('with appendfsync %s it claims to survive %o', (appendfsync, survived) => {
  const { tolerates } = redis.claims({ appendfsync, sink: 'none' }, REGISTER)
  const { kill, 'power-loss': power } = tolerates
  expect({ ...(kill && { kill }), ...(power && { 'power-loss': power }) }).toEqual(survived)
})

it('claims to tolerate a moved clock except for what expires by it', () => {
  const clockOf = (vocabulary: Vocabulary) =>
    redis.claims({ appendfsync: 'always', sink: 'none' }, vocabulary).tolerates.clock
  expect([REGISTER, LOCK, LEASE, PROTECTED_LEASE].map(clockOf)).toEqual(['any', 'any', undefined, undefined])
})
