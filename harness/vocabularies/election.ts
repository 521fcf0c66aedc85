/**
 * The leader, as each node reports it to clients.
 *
 * | call   | value | ok value                                            |
 * |--------|-------|-----------------------------------------------------|
 * | leader | {}    | { leader, term }: leader null if it knows of none   |
 */
import { z } from 'zod'
import type { CallOf, OkOf } from '../api/vocabulary.ts'
import { OF_OBJECTS } from './promises.ts'
import { nothing } from './values.ts'
import { defineCall, defineVocabulary } from './vocabulary.ts'

export const ELECTION = defineVocabulary({
  name: 'election',
  description: 'the leader, as each node reports it',
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
      showsService: ({ leader }) => leader !== null,
    }),
  },
})

export type LeaderCall = CallOf<typeof ELECTION>
export type ToldLeader = OkOf<typeof ELECTION, 'leader'>
