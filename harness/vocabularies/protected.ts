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
import type { CallOf, EffectLine, Identity } from '../api/vocabulary.ts'
import { SINK } from './effects.ts'
import { LEASE } from './lease.ts'
import { LOCK } from './locks.ts'
import { defineCall, defineVocabulary } from './vocabulary.ts'

interface Touch {
  readonly action: 'enter' | 'leave'
  readonly resource: number
  readonly owner: number
  readonly token: number
}

const touchName = ({ action, resource, owner, token }: Touch): Identity =>
  `${action} ${resource}, owner ${owner}, token ${token}`

const touchLine = z.object({
  type: z.literal('touch'),
  seq: z.int().nonnegative(),
  action: z.enum(['enter', 'leave']),
  resource: z.int(),
  owner: z.int(),
  token: z.int(),
})

/** An owner who enters or leaves, whether the sink let it or not. */
const touchEffect = (line: unknown): EffectLine | null => {
  const { data } = touchLine.safeParse(line)
  if (data === undefined) return null
  const name = touchName(data)
  return { number: data.seq, key: name, cause: name }
}

const touch = (action: Touch['action']) =>
  defineCall({
    value: z.object({ key: z.int(), owner: z.int(), token: z.int() }),
    ok: z.object({ refused: z.literal('stale-token').nullable() }),
    changes: () => true,
    objects: (asked) => [`${asked.key}`],
    causes: ({ key, owner, token }) => [touchName({ action, resource: key, owner, token })],
  })

const touches = { enter: touch('enter'), leave: touch('leave') }

export const PROTECTED_LOCK = defineVocabulary({
  ...LOCK,
  name: 'protected-lock',
  description: 'locks, and the resource in the sink that they protect',
  services: [SINK],
  effect: touchEffect,
  calls: { ...LOCK.calls, ...touches },
})

export const PROTECTED_LEASE = defineVocabulary({
  ...LEASE,
  name: 'protected-lease',
  description: 'leases, and the resource in the sink that they protect',
  services: [SINK],
  effect: touchEffect,
  calls: { ...LEASE.calls, ...touches },
})

export type ProtectedCall = CallOf<typeof PROTECTED_LOCK | typeof PROTECTED_LEASE>
export type TouchCall = Extract<ProtectedCall, { readonly f: 'enter' | 'leave' }>
