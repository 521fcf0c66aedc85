/**
 * Jobs that the cluster triggers periodically. Tick n of a schedule takes effect under the key that `tickKey` returns, exactly
 * once, under any leader.
 *
 * | call     | value                            | ok value                                                     |
 * |----------|----------------------------------|--------------------------------------------------------------|
 * | schedule | { key, resource, everyMs, ticks } | { key }: ticks 1 to `ticks` will come, at least `everyMs` apart |
 * | pending, ledger | {}                        | as in `effects.ts`; pending includes schedules with ticks left   |
 *
 * A tick that is due while there is no leader comes late. It is not skipped.
 */
import { z } from 'zod'
import type { CallOf } from '../api/vocabulary.ts'
import { audits, requestEffect, SINK } from './effects.ts'
import { OF_EFFECTS } from './promises.ts'
import { repeats } from './values.ts'
import { defineCall, defineVocabulary } from './vocabulary.ts'

/** The schedule of a tick, by the key of the tick. */
const scheduleOf = (key: string): string => key.replace(/\/\d+$/, '')

export const SCHEDULE = defineVocabulary({
  name: 'schedule',
  shows: ['effects'],
  description: 'jobs that the cluster triggers periodically',
  promises: OF_EFFECTS,
  unique: 'a key names one schedule',
  initial: 'no schedule',
  services: [SINK],
  effect: (line) => {
    const effect = requestEffect(line)
    return effect === null ? null : { ...effect, cause: scheduleOf(effect.key) }
  },
  calls: {
    schedule: defineCall({
      value: z.object({
        key: z.string(),
        resource: z.int(),
        everyMs: z.number().nonnegative(),
        ticks: z.int().nonnegative(),
      }),
      ok: z.object({ key: z.string() }),
      changes: () => true,
      mismatch: repeats('key'),
      objects: (asked) => [asked.key],
      causes: (asked) => [asked.key],
    }),
    ...audits,
  },
})

export type ScheduleCall = CallOf<typeof SCHEDULE>
export type Schedule = (ScheduleCall & { readonly f: 'schedule' })['value']

export const tickKey = (key: string, tick: number): string => `${key}/${tick}`
