/**
 * Locks and semaphores, in vocabularies of their own with the same calls. Nobody waits: what is taken is refused.
 *
 * | call    | value          | ok value                                                     |
 * |---------|----------------|--------------------------------------------------------------|
 * | acquire | { key, owner } | { done, token }: the token only of a lock, greater each time |
 * | release | { key, owner } | { done }: false where that owner does not hold it            |
 *
 * An owner acquires once and releases as often as it likes. Of a semaphore there are PERMITS.
 */
export const LOCK = 'lock'
export const SEMAPHORE = 'semaphore'
export const PERMITS = 2

export interface LockCall {
  readonly f: 'acquire' | 'release'
  readonly value: { readonly key: number; readonly owner: number }
}

export interface LockResult {
  readonly done: boolean
  /** Fencing token (Kleppmann 2016). */
  readonly token?: number
}
