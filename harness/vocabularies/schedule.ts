/**
 * Jobs that the cluster triggers by itself, again and again: tick n of a schedule takes effect under the key that `tickKey`
 * gives it, exactly once, whoever leads.
 *
 * | call     | value                            | ok value                                                     |
 * |----------|----------------------------------|--------------------------------------------------------------|
 * | schedule | { key, resource, everyMs, ticks } | { key }: ticks 1 to `ticks` will come, `everyMs` apart at least |
 * | pending, ledger | {}                        | as in `effects.ts`; pending has schedules with ticks to come too |
 *
 * A tick that comes due while nobody leads comes late, and is not left out.
 */
import type { AuditCall } from './effects.ts'

export const SCHEDULE = 'schedule'

export interface Schedule {
  readonly key: string
  readonly resource: number
  readonly everyMs: number
  readonly ticks: number
}

export type ScheduleCall = { readonly f: 'schedule'; readonly value: Schedule } | AuditCall

export const tickKey = (key: string, tick: number): string => `${key}/${tick}`
