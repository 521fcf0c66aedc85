/**
 * Logs that return the offset of each value. A value should be appended to a log once in a history: equal ones are only counted.
 *
 * | call   | value          | ok value                                  |
 * |--------|----------------|-------------------------------------------|
 * | append | { key, value } | { key, value, offset }: from 0            |
 * | read   | { key }        | { key, values }: all, from offset 0 on    |
 */
import { z } from 'zod'
import type { CallOf, OkOf } from '../api/vocabulary.ts'
import { inText, one, repeats, scalar } from './values.ts'
import { defineCall, defineVocabulary } from './vocabulary.ts'

const key = scalar
const value = scalar

export const APPEND_LOG = defineVocabulary({
  name: 'append-log',
  shows: ['repeats', 'order'],
  description: 'logs that return the offset of each value',
  promises: ['linearizable', 'consistent-prefix', 'at-least-once', 'at-most-once'],
  unique: 'a value should be appended to a log once: equal ones are only counted',
  initial: 'empty',
  services: [],
  calls: {
    append: defineCall({
      value: z.object({ key, value }),
      ok: z.object({ key, value, offset: z.int().nonnegative() }),
      changes: () => true,
      mismatch: repeats('key', 'value'),
      objects: (asked) => [inText(asked.key)],
      writes: (asked) => one(asked.key, asked.value),
    }),
    read: defineCall({
      value: z.object({ key }),
      ok: z.object({ key, values: z.array(value) }),
      changes: () => false,
      mismatch: repeats('key'),
      objects: (asked) => [inText(asked.key)],
      reads: (ok) => [ok],
    }),
  },
})

export type LogCall = CallOf<typeof APPEND_LOG>
export type Appended = OkOf<typeof APPEND_LOG, 'append'>
export type LogRead = OkOf<typeof APPEND_LOG, 'read'>
