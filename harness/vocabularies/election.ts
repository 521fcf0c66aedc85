/**
 * Who leads, as a client is told by the node it asks.
 *
 * | call   | value | ok value                                            |
 * |--------|-------|-----------------------------------------------------|
 * | leader | {}    | { leader, term }: leader null where it knows of none |
 */
import { z } from 'zod'
import type { CallOf, OkOf } from '../api/vocabulary.ts'
import { OF_OBJECTS } from './promises.ts'
import { nothing } from './values.ts'
import { defineCall, defineVocabulary } from './vocabulary.ts'

export const ELECTION = defineVocabulary({
  name: 'election',
  description: 'who leads, as the node that is asked tells it',
  promises: OF_OBJECTS,
  unique: null,
  initial: 'no leader',
  services: [],
  calls: {
    leader: defineCall({
      value: nothing,
      ok: z.object({ leader: z.string().nullable(), term: z.int() }),
      changes: () => false,
      audits: true,
    }),
  },
})

export type LeaderCall = CallOf<typeof ELECTION>
export type ToldLeader = OkOf<typeof ELECTION, 'leader'>
