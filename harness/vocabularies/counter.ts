/**
 * Counters, initially zero.
 *
 * | call | value          | ok value         |
 * |------|----------------|------------------|
 * | add  | { key, delta } | the same         |
 * | read | { key }        | { key, value }   |
 */
import { z } from 'zod'
import type { CallOf, OkOf } from '../api/vocabulary.ts'
import { counterForm } from './edn-forms.ts'
import { OF_REPLICAS } from './promises.ts'
import { inText, repeats, scalar } from './values.ts'
import { defineCall, defineVocabulary } from './vocabulary.ts'

const key = scalar

export const COUNTER = defineVocabulary({
  name: 'counter',
  shows: ['repeats'],
  description: 'counters with additions and reads',
  promises: OF_REPLICAS,
  unique: null,
  initial: '0',
  services: [],
  edn: counterForm,
  calls: {
    add: defineCall({
      value: z.object({ key, delta: z.int() }),
      ok: z.object({ key, delta: z.int() }),
      changes: () => true,
      mismatch: repeats('key', 'delta'),
      objects: (asked) => [inText(asked.key)],
    }),
    read: defineCall({
      value: z.object({ key }),
      ok: z.object({ key, value: z.int() }),
      changes: () => false,
      mismatch: repeats('key'),
      objects: (asked) => [inText(asked.key)],
    }),
  },
})

export type CounterCall = CallOf<typeof COUNTER>
export type CounterRead = OkOf<typeof COUNTER, 'read'>
