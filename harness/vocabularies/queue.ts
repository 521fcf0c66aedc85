/**
 * Queues, first in, first out. A value is put into a queue at most once in a history.
 *
 * | call    | value          | ok value                                      |
 * |---------|----------------|-----------------------------------------------|
 * | enqueue | { key, value } | the same                                      |
 * | dequeue | { key }        | { key, value }: null where it was found empty |
 */
import { z } from 'zod'
import type { CallOf, OkOf } from '../api/vocabulary.ts'
import { OF_OBJECTS } from './promises.ts'
import { held, repeats } from './values.ts'
import { defineCall, defineVocabulary } from './vocabulary.ts'

const key = z.int()
const value = z.int()

export const QUEUE = defineVocabulary({
  name: 'queue',
  description: 'queues, first in, first out',
  promises: OF_OBJECTS,
  unique: 'a value is put into a queue at most once',
  initial: 'empty',
  services: [],
  calls: {
    enqueue: defineCall({
      value: z.object({ key, value }),
      ok: z.object({ key, value }),
      changes: () => true,
      mismatch: repeats('key', 'value'),
      objects: (asked) => [`${asked.key}`],
      writes: (asked) => [held(asked.key, asked.value)],
    }),
    dequeue: defineCall({
      value: z.object({ key }),
      ok: z.object({ key, value: value.nullable() }),
      changes: () => true,
      mismatch: repeats('key'),
      objects: (asked) => [`${asked.key}`],
      reads: (ok) => (ok.value === null ? [] : [held(ok.key, ok.value)]),
    }),
  },
})

export type QueueCall = CallOf<typeof QUEUE>
export type Dequeued = OkOf<typeof QUEUE, 'dequeue'>
