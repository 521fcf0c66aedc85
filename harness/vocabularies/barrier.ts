/**
 * Barriers: nobody passes one before all of its parties have arrived, and everybody passes it from then on. A party that
 * arrives again changes nothing.
 *
 * | call   | value                       | ok value                                           |
 * |--------|-----------------------------|----------------------------------------------------|
 * | arrive | { barrier, party, parties } | { barrier, party }                                 |
 * | enter  | { barrier, parties }        | { barrier, passed }: false as long as one is missing |
 *
 * Parties are numbered from 0. All calls to a barrier name the same number of parties.
 */
import { z } from 'zod'
import type { CallOf, OkOf } from '../api/vocabulary.ts'
import { OF_OBJECTS } from './promises.ts'
import { repeats } from './values.ts'
import { defineCall, defineVocabulary } from './vocabulary.ts'

const barrier = z.int()
const party = z.int()
const parties = z.int()

export const BARRIER = defineVocabulary({
  name: 'barrier',
  description: 'barriers, which open once all their parties have arrived',
  promises: OF_OBJECTS,
  unique: null,
  initial: 'closed',
  services: [],
  calls: {
    arrive: defineCall({
      value: z.object({ barrier, party, parties }),
      ok: z.object({ barrier, party }),
      changes: () => true,
      mismatch: repeats('barrier', 'party'),
      objects: (asked) => [`${asked.barrier}`],
    }),
    enter: defineCall({
      value: z.object({ barrier, parties }),
      ok: z.object({ barrier, passed: z.boolean() }),
      changes: () => false,
      mismatch: repeats('barrier'),
      objects: (asked) => [`${asked.barrier}`],
    }),
  },
})

export type BarrierCall = CallOf<typeof BARRIER>
export type Entered = OkOf<typeof BARRIER, 'enter'>
