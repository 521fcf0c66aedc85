/**
 * Ids that are never issued twice.
 *
 * | call     | value | ok value                    |
 * |----------|-------|-----------------------------|
 * | generate | {}    | { id }: a number or string  |
 */
import { z } from 'zod'
import type { CallOf, OkOf } from '../api/vocabulary.ts'
import { uniqueIdsForm } from './edn-forms.ts'
import { nothing, scalar } from './values.ts'
import { defineCall, defineVocabulary } from './vocabulary.ts'

export const UNIQUE_IDS = defineVocabulary({
  name: 'unique-ids',
  description: 'ids that are never issued twice',
  promises: ['ordered', 'unique'],
  assumes: 'unique',
  synonyms: { linearizable: 'unique', 'consistent-prefix': 'unique' },
  unique: null,
  initial: 'no id issued',
  services: [],
  edn: uniqueIdsForm,
  calls: {
    generate: defineCall({ value: nothing, ok: z.object({ id: scalar }), changes: () => true }),
  },
})

export type GenerateCall = CallOf<typeof UNIQUE_IDS>
export type Generated = OkOf<typeof UNIQUE_IDS, 'generate'>
