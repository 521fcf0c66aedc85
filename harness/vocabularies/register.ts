/**
 * Many independent registers. Values are integers; an unwritten register holds null.
 *
 * | call  | value                    | ok value                              |
 * |-------|--------------------------|---------------------------------------|
 * | read  | { key }                  | { key, value }                        |
 * | write | { key, value }           | the same                              |
 * | cas   | { key, expected, next }  | { key, expected, next, applied }      |
 *
 * A compare-and-set whose comparison failed is ok with `applied: false`: an observation that the value differed.
 */
import { z } from 'zod'
import type { CallOf, OkOf } from '../api/vocabulary.ts'
import { registerForm } from './edn-forms.ts'
import { one, repeats, scalar } from './values.ts'
import { defineCall, defineVocabulary } from './vocabulary.ts'

const key = scalar
const value = scalar
const contents = value.nullable()

export const REGISTER = defineVocabulary({
  name: 'register',
  description: 'independent registers: read, write, compare-and-set',
  promises: ['linearizable', 'sequential', 'causal', 'consistent-prefix', 'eventual'],
  unique: null,
  initial: 'null',
  services: [],
  edn: registerForm,
  calls: {
    read: defineCall({
      value: z.object({ key }),
      ok: z.object({ key, value: contents }),
      changes: () => false,
      mismatch: repeats('key'),
      objects: (asked) => [`${asked.key}`],
      reads: (ok) => (ok.value === null ? [] : one(ok.key, ok.value)),
    }),
    write: defineCall({
      value: z.object({ key, value }),
      ok: z.object({ key, value }),
      changes: () => true,
      mismatch: repeats('key', 'value'),
      objects: (asked) => [`${asked.key}`],
      writes: (asked) => one(asked.key, asked.value),
    }),
    cas: defineCall({
      value: z.object({ key, expected: contents, next: value }),
      ok: z.object({ key, expected: contents, next: value, applied: z.boolean() }),
      changes: () => true,
      mismatch: repeats('key', 'expected', 'next'),
      objects: (asked) => [`${asked.key}`],
      writes: (asked) => one(asked.key, asked.next),
    }),
  },
})

export type RegisterCall = CallOf<typeof REGISTER>
export type RegisterValue = z.output<typeof contents>
export type RegisterResult = OkOf<typeof REGISTER, keyof typeof REGISTER.calls>
