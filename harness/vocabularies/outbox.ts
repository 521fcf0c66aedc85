/**
 * A change of state and the message that tells of it, as one (transactional outbox): who reads the messages learns of every
 * change, in order, and of nothing that never happened.
 *
 * | call   | value                      | ok value                                                           |
 * |--------|----------------------------|--------------------------------------------------------------------|
 * | update | { key, resource, version } | { applied }: from version - 1 to version, with a message under the key; false: it stood elsewhere |
 * | read   | { resource }               | { resource, version }: 0 at first                                  |
 * | pending, ledger | {}                | as in `effects.ts`, of messages                                    |
 *
 * Who asks again under a key whose update was applied is told so again.
 */
import type { AuditCall, Request } from './effects.ts'

export const OUTBOX = 'outbox'

export type OutboxCall =
  | { readonly f: 'update'; readonly value: Request }
  | { readonly f: 'read'; readonly value: { readonly resource: number } }
  | AuditCall

export interface Updated {
  readonly applied: boolean
}

export interface ResourceState {
  readonly resource: number
  readonly version: number
}
