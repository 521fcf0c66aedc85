/**
 * Queues, first in, first out. A value should be put into a queue once in a history: equal ones are only counted.
 *
 * | call    | value          | ok value                                      |
 * |---------|----------------|-----------------------------------------------|
 * | enqueue | { key, value } | the same                                      |
 * | dequeue | { key }        | { key, value }: null if the queue was empty   |
 * | drain   | { key }        | { key, values }: all that was left, in order  |
 *
 * Workloads do not drain; imported histories do. A target need not support it.
 */
import { z } from 'zod'
import type { CallOf, OkOf } from '../api/vocabulary.ts'
import { queueForm } from './edn-forms.ts'
import { OF_EFFECTS, WITHOUT_READS } from './promises.ts'
import { inText, one, repeats, scalar } from './values.ts'
import { defineCall, defineVocabulary } from './vocabulary.ts'

const key = scalar
const value = scalar

export const QUEUE = defineVocabulary({
  name: 'queue',
  shows: ['repeats'],
  description: 'queues, first in, first out',
  promises: ['linearizable', 'fifo-exactly-once', 'fifo-at-least-once', 'fifo-at-most-once', ...OF_EFFECTS],
  synonyms: WITHOUT_READS,
  unique: 'a value should be put into a queue once: equal ones are only counted',
  initial: 'empty',
  services: [],
  edn: queueForm,
  calls: {
    enqueue: defineCall({
      value: z.object({ key, value }),
      ok: z.object({ key, value }),
      changes: () => true,
      mismatch: repeats('key', 'value'),
      objects: (asked) => [inText(asked.key)],
      writes: (asked) => one(asked.key, asked.value),
    }),
    dequeue: defineCall({
      value: z.object({ key }),
      ok: z.object({ key, value: value.nullable() }),
      changes: () => true,
      mismatch: repeats('key'),
      objects: (asked) => [inText(asked.key)],
      reads: (ok) => (ok.value === null ? [] : one(ok.key, ok.value)),
    }),
    drain: defineCall({
      onlyImported: true,
      value: z.object({ key }),
      ok: z.object({ key, values: z.array(value) }),
      changes: () => true,
      mismatch: repeats('key'),
      objects: (asked) => [inText(asked.key)],
      reads: (ok) => [ok],
    }),
  },
})

export type QueueCall = CallOf<typeof QUEUE>
export type Dequeued = OkOf<typeof QUEUE, 'dequeue'>
export type Drained = OkOf<typeof QUEUE, 'drain'>
