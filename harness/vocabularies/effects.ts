/**
 * Requests that must take effect in the outside world: emails, payments, job triggers. A key names one request for ever
 * (idempotency key); who lost the answer asks again under the same.
 *
 * | call    | value                        | ok value                                                 |
 * |---------|------------------------------|----------------------------------------------------------|
 * | submit  | { key, resource, version }   | { key }: accepted; it will take effect later             |
 * | pending | {}                           | { pending, done }: keys accepted and not yet done; how many are done |
 * | ledger  | {}                           | { entries }: what the cluster's own log says of each key |
 *
 * Versions of one resource grow: an older one that takes effect again overwrites a newer one.
 *
 * What takes effect is written down by a *sink*, a service beside the cluster, in the order in which it happens.
 */
export const EFFECTS = 'effects'
/** Name of the service, and of its part of a run's record. */
export const SINK = 'sink'

export interface Request {
  readonly key: string
  readonly resource: number
  readonly version: number
}

/** What every vocabulary with effects asks once all is over. */
export type AuditCall = { readonly f: 'pending' | 'ledger'; readonly value: Readonly<Record<string, never>> }

export type EffectsCall = { readonly f: 'submit'; readonly value: Request } | AuditCall

export interface PendingResult {
  readonly pending: readonly string[]
  readonly done: number
}

/** What the cluster's own log says of a key. */
export interface LedgerEntry {
  readonly key: string
  /** Positions in the cluster's log; null: not done. */
  readonly acceptedAt: number
  readonly doneAt: number | null
  /** Who had it written down as done. */
  readonly worker: string | null
}

export interface LedgerResult {
  readonly entries: readonly LedgerEntry[]
}

/**
 * What the sink does with a request to act:
 * - `naive`: it acts;
 * - `deduplicating`: it acts once a key;
 * - `fencing`: it acts unless it has seen a greater token for that resource.
 */
export const SINK_MODES = ['naive', 'deduplicating', 'fencing'] as const
export type SinkMode = (typeof SINK_MODES)[number]

/** A line of the sink's log, durable before the sink answers. */
export type SinkLine =
  | { readonly type: 'start'; readonly mode: SinkMode; readonly clockMs: number }
  | {
      readonly type: 'request'
      /** Its place in the sink's own order. */
      readonly seq: number
      readonly clockMs: number
      readonly request: Request
      /** Of the worker that asked. */
      readonly token: number
      readonly worker: string
      readonly attempt: number
      /** Why nothing was done; null: it took effect. */
      readonly refused: 'duplicate' | 'stale-token' | null
    }
  | TouchLine

/** Somebody enters, or leaves, a resource that only one may be in: see `protected.ts`. */
export interface TouchLine {
  readonly type: 'touch'
  readonly seq: number
  readonly clockMs: number
  readonly action: 'enter' | 'leave'
  readonly resource: number
  readonly owner: number
  readonly token: number
  readonly refused: 'stale-token' | null
}
