/**
 * Changes of keys, numbered from 1 without gaps. A watch can start at any number.
 *
 * | call  | value          | ok value                                                                      |
 * |-------|----------------|-------------------------------------------------------------------------------|
 * | put   | { key, value } | { key, value, revision }                                                      |
 * | watch | { after }      | { events, upTo, from? }: all changes after that revision up to upTo, inclusive |
 *
 * A value should be put once in a history: equal ones are only counted. The value null deletes the key; where there is none,
 * that may be refused. A watcher continues after `upTo`, so it sees every change once. `from`: the store has forgotten older
 * changes on purpose, and told so; the answer has all changes after `from`.
 */
import { z } from 'zod'
import type { CallOf, HeldValues, OkOf } from '../api/vocabulary.ts'
import { OF_EFFECTS } from './promises.ts'
import { repeats } from './values.ts'
import { defineCall, defineVocabulary } from './vocabulary.ts'

const put = z.object({ key: z.int(), value: z.int().nullable() })
/** All deletions are alike, so they identify nothing. */
const identified = (changes: readonly z.infer<typeof put>[]): readonly HeldValues[] => {
  const held: HeldValues[] = []
  for (const { key, value } of changes) if (value !== null) held.push({ key, values: [value] })
  return held
}

const change = put.extend({ revision: z.int() })

export const WATCH = defineVocabulary({
  name: 'watch',
  shows: ['order'],
  description: 'numbered changes of keys, which clients watch',
  promises: OF_EFFECTS,
  synonyms: { linearizable: 'exactly-once', 'consistent-prefix': 'exactly-once' },
  unique: 'a value should be put once: equal ones are only counted',
  initial: 'no change',
  services: [],
  calls: {
    put: defineCall({
      value: put,
      ok: change,
      changes: () => true,
      mismatch: repeats('key', 'value'),
      writes: (value) => identified([value]),
    }),
    watch: defineCall({
      value: z.object({ after: z.int() }),
      ok: z.object({ events: z.array(change), upTo: z.int(), from: z.int().optional() }),
      changes: () => false,
      delivers: true,
      reads: ({ events }) => identified(events),
    }),
  },
})

export type WatchCall = CallOf<typeof WATCH>
export type Watched = OkOf<typeof WATCH, 'watch'>
export type WatchEvent = Watched['events'][number]
