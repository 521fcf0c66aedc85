/**
 * Locks and leases that protect something: besides the calls of `locks.ts` and `lease.ts`, whoever holds one goes into the
 * resource of that key, which the sink keeps, and out again, showing its token.
 *
 * | call  | value                  | ok value                                                |
 * |-------|------------------------|---------------------------------------------------------|
 * | enter | { key, owner, token }  | { refused }: 'stale-token' where the sink turned it down |
 * | leave | { key, owner, token }  | { refused }                                             |
 */
import type { LeaseCall } from './lease.ts'
import type { LockCall } from './locks.ts'

export const PROTECTED_LOCK = 'protected-lock'
export const PROTECTED_LEASE = 'protected-lease'

export interface TouchCall {
  readonly f: 'enter' | 'leave'
  readonly value: { readonly key: number; readonly owner: number; readonly token: number }
}

export interface Touched {
  readonly refused: 'stale-token' | null
}

export type ProtectedCall = LockCall | LeaseCall | TouchCall
