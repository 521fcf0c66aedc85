/**
 * Leases: locks that run out some time after they were granted, by the service's own count. A lease is another promise than a
 * lock: its holder may go on believing in it after it ran out, which only a fencing token can stop.
 *
 * | call    | value          | ok value                                                        |
 * |---------|----------------|-----------------------------------------------------------------|
 * | acquire | { key, owner } | { done, token, ttlMs }: token greater each time; done false: it is taken |
 * | release | { key, owner } | { done }: false where that owner does not hold it (any more)    |
 *
 * An owner acquires at most once.
 */
export const LEASE = 'lease'
/** Where the service grants what it is asked for; what it granted instead is `ttlMs`. */
export const LEASE_MS = 1500

export interface LeaseCall {
  readonly f: 'acquire' | 'release'
  readonly value: { readonly key: number; readonly owner: number }
}

export interface LeaseResult {
  readonly done: boolean
  readonly token?: number
  /** How long it runs from when it was granted, by the service's word. Absent: LEASE_MS. */
  readonly ttlMs?: number
}
