/**
 * Locks and leases that protect a resource in the sink. Besides the calls of `locks.ts` and `lease.ts`, a holder enters and
 * leaves the resource of that key, and presents its token.
 *
 * | call  | value                  | ok value                                                |
 * |-------|------------------------|---------------------------------------------------------|
 * | enter | { key, owner, token }  | { refused }: 'stale-token' if the sink refused it     |
 * | leave | { key, owner, token }  | { refused }                                             |
 */
import { z } from 'zod'
import type { CallOf } from '../api/vocabulary.ts'
import { SINK } from './effects.ts'
import { LEASE } from './lease.ts'
import { LOCK } from './locks.ts'
import { defineCall, defineVocabulary } from './vocabulary.ts'

const touch = defineCall({
  value: z.object({ key: z.int(), owner: z.int(), token: z.int() }),
  ok: z.object({ refused: z.literal('stale-token').nullable() }),
  changes: () => true,
  objects: (asked) => [`${asked.key}`],
})

export const PROTECTED_LOCK = defineVocabulary({
  ...LOCK,
  name: 'protected-lock',
  description: 'locks, and the resource in the sink that they protect',
  services: [SINK],
  calls: { ...LOCK.calls, enter: touch, leave: touch },
})

export const PROTECTED_LEASE = defineVocabulary({
  ...LEASE,
  name: 'protected-lease',
  description: 'leases, and the resource in the sink that they protect',
  services: [SINK],
  calls: { ...LEASE.calls, enter: touch, leave: touch },
})

export type ProtectedCall = CallOf<typeof PROTECTED_LOCK | typeof PROTECTED_LEASE>
export type TouchCall = Extract<ProtectedCall, { readonly f: 'enter' | 'leave' }>
