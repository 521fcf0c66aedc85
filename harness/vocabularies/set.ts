/**
 * One set. Elements are added, each by one call, and never removed.
 *
 * | call | value       | ok value                              |
 * |------|-------------|---------------------------------------|
 * | add  | { element } | the same                              |
 * | read | {}          | { elements }: all of them, unordered  |
 */
import { z } from 'zod'
import type { CallOf, OkOf } from '../api/vocabulary.ts'
import { setForm } from './edn-forms.ts'
import { nothing, repeats, scalar } from './values.ts'
import { defineCall, defineVocabulary } from './vocabulary.ts'

const element = scalar

export const SET = defineVocabulary({
  name: 'set',
  description: 'one set; elements are added and never removed',
  promises: ['linearizable', 'monotonic', 'consistent-prefix', 'eventual'],
  unique: 'an element should be added once: later additions change nothing',
  initial: 'empty',
  services: [],
  edn: setForm,
  calls: {
    add: defineCall({
      value: z.object({ element }),
      ok: z.object({ element }),
      changes: () => true,
      mismatch: repeats('element'),
      writes: (asked) => [{ key: null, values: [asked.element] }],
    }),
    read: defineCall({
      value: nothing,
      ok: z.object({ elements: z.array(element) }),
      changes: () => false,
      reads: (ok) => [{ key: null, values: ok.elements }],
    }),
  },
})

export type SetCall = CallOf<typeof SET>
export type SetResult = OkOf<typeof SET, keyof typeof SET.calls>
