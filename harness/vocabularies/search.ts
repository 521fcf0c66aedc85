/**
 * Collections whose elements are spread over shards. An answer is put together from the shards that can be reached, and says
 * whether those were all.
 *
 * | call  | value                   | ok value                            |
 * |-------|-------------------------|-------------------------------------|
 * | add   | { collection, element } | the same                            |
 * | query | { collection }          | { collection, elements, complete }  |
 *
 * `fail-closed`: an answer that cannot be complete is an error. `fail-open`: it says that it is not complete.
 */
import { z } from 'zod'
import type { CallOf, OkOf } from '../api/vocabulary.ts'
import { one, repeats } from './values.ts'
import { defineCall, defineVocabulary } from './vocabulary.ts'

const collection = z.int()
const element = z.int()

export const SEARCH = defineVocabulary({
  name: 'search',
  description: 'collections spread over shards, whose answers say whether they are complete',
  promises: ['fail-closed', 'fail-open'],
  unique: 'an element should be added once: later additions change nothing',
  initial: 'empty',
  services: [],
  calls: {
    add: defineCall({
      value: z.object({ collection, element }),
      ok: z.object({ collection, element }),
      changes: () => true,
      mismatch: repeats('collection', 'element'),
      objects: (asked) => [`${asked.collection}`],
      writes: (asked) => one(asked.collection, asked.element),
    }),
    query: defineCall({
      value: z.object({ collection }),
      ok: z.object({ collection, elements: z.array(element), complete: z.boolean() }),
      changes: () => false,
      showsService: ({ complete }) => complete,
      mismatch: repeats('collection'),
      objects: (asked) => [`${asked.collection}`],
      reads: (ok) => [{ key: ok.collection, values: ok.elements }],
    }),
  },
})

export type SearchCall = CallOf<typeof SEARCH>
export type Found = OkOf<typeof SEARCH, 'query'>
