import { expect, it } from 'vitest'
import { redis } from './target.ts'

/** Which losses of a process or of power Redis promises to survive, by when the append-only file is written. */
it.each([
  ['always', { kill: 'any', 'power-loss': 'any' }],
  ['no', { kill: 'any' }],
  // A reply may come before the write, so that a kill loses what was acknowledged.
  ['everysec', {}],
] as const)('with appendfsync %s it claims to survive %o', (appendfsync, survived) => {
  const { tolerates } = redis.claims({ appendfsync, sink: 'none' }, 'register')
  const { kill, 'power-loss': power } = tolerates
  expect({ ...(kill && { kill }), ...(power && { 'power-loss': power }) }).toEqual(survived)
})

it('claims to tolerate a moved clock except for leases, which expire by it', () => {
  const clockOf = (vocabulary: string) =>
    redis.claims({ appendfsync: 'always', sink: 'none' }, vocabulary).tolerates.clock
  expect(['register', 'lock', 'lease', 'protected-lease'].map(clockOf)).toEqual([
    'any',
    'any',
    undefined,
    undefined,
  ])
})
