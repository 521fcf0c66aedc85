/**
 * Requests that must take effect in the outside world: emails, payments, job triggers. A key names one request permanently
 * (idempotency key). A client that did not get the answer repeats the request under the same key.
 *
 * | call    | value                        | ok value                                                 |
 * |---------|------------------------------|----------------------------------------------------------|
 * | submit  | { key, resource, version }   | { key }: accepted; it will take effect later             |
 * | pending | {}                           | { pending, done }: keys accepted and not yet done; how many are done |
 * | ledger  | {}                           | { entries }: the entry of each key in the cluster's log  |
 *
 * The versions of one resource increase. If an older version takes effect again, it overwrites a newer one.
 *
 * A *sink*, a service beside the cluster, records every effect in the order in which it happens.
 */
import { z } from 'zod'
import type { CallOf, EffectLine, OkOf } from '../api/vocabulary.ts'
import { OF_EFFECTS } from './promises.ts'
import { nothing, repeats } from './values.ts'
import { defineCall, defineVocabulary } from './vocabulary.ts'

/** Name of the service, and of its part of a run's record. */
export const SINK = 'sink'

export const request = z.object({ key: z.string(), resource: z.int(), version: z.int() })

/** A client submits a request that is to take effect. */
export const submit = defineCall({
  value: request,
  ok: z.object({ key: z.string() }),
  changes: () => true,
  mismatch: repeats('key'),
  objects: (asked) => [asked.key],
  causes: (asked) => [asked.key],
})

const requestLine = z.object({
  type: z.literal('request'),
  seq: z.int().nonnegative(),
  request: z.object({ key: z.string() }),
})

/** A request that the sink got, done or refused. */
export const requestEffect = (line: unknown): EffectLine | null => {
  const { data } = requestLine.safeParse(line)
  return data === undefined ? null : { number: data.seq, key: data.request.key, cause: data.request.key }
}

/** The entry of one key in the cluster's own log. */
const ledgerEntry = z.object({
  key: z.string(),
  /** Positions in the cluster's log; null: not done. */
  acceptedAt: z.int(),
  doneAt: z.int().nullable(),
  /** The worker that reported it as done. */
  worker: z.string().nullable(),
})

/** The calls that every workload with effects makes at the end. */
export const audits = {
  pending: defineCall({
    value: nothing,
    ok: z.object({ pending: z.array(z.string()), done: z.int() }),
    changes: () => false,
    audits: true,
    objects: () => [],
  }),
  ledger: defineCall({
    value: nothing,
    ok: z.object({ entries: z.array(ledgerEntry) }),
    changes: () => false,
    audits: true,
    objects: () => [],
  }),
} as const

export const EFFECTS = defineVocabulary({
  name: 'effects',
  shows: ['effects'],
  description: 'requests that must take effect in the outside world',
  promises: OF_EFFECTS,
  unique: 'a key names one request',
  initial: 'no request',
  services: [SINK],
  effect: requestEffect,
  calls: { submit, ...audits },
})

export type EffectsCall = CallOf<typeof EFFECTS>
export type AuditCall = Extract<EffectsCall, { readonly f: keyof typeof audits }>
export type Request = (EffectsCall & { readonly f: 'submit' })['value']
export type PendingResult = OkOf<typeof EFFECTS, 'pending'>
export type LedgerResult = OkOf<typeof EFFECTS, 'ledger'>
export type LedgerEntry = LedgerResult['entries'][number]

/**
 * What the sink does with a request to act:
 * - `naive`: it acts;
 * - `deduplicating`: it acts once for each key;
 * - `fencing`: it acts unless it has seen a greater token for that resource.
 */
export const SINK_MODES = ['naive', 'deduplicating', 'fencing'] as const
export type SinkMode = (typeof SINK_MODES)[number]

/** A line of the sink's log, durable before the sink answers. */
export type SinkLine =
  | { readonly type: 'start'; readonly mode: SinkMode; readonly clockMs: number }
  | {
      readonly type: 'request'
      /** Position in the sink's own order. */
      readonly seq: number
      readonly clockMs: number
      readonly request: Request
      /** The token of the worker that made the request. */
      readonly token: number
      readonly worker: string
      readonly attempt: number
      /** Why it did not take effect; null: it did. */
      readonly refused: 'duplicate' | 'stale-token' | null
    }
  | TouchLine

/** An owner enters or leaves a resource that only one owner may be in: see `protected.ts`. */
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
