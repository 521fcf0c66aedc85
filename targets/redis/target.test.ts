import { expect, it } from 'vitest'
import { redis } from './target.ts'

/** Which losses of a process or of power Redis promises to survive, by when the append-only file is written. */
it.each([
  ['always', { kill: 'any', 'power-loss': 'any' }],
  ['no', { kill: 'any' }],
  // A reply may come before the write, so that a kill loses what was acknowledged.
  ['everysec', {}],
] as const)('with appendfsync %s it claims to survive %o', (appendfsync, survived) => {
  const { tolerates } = redis.claims({ appendfsync, sink: 'none' })
  const { kill, 'power-loss': power } = tolerates
  expect({ ...(kill && { kill }), ...(power && { 'power-loss': power }) }).toEqual(survived)
})
