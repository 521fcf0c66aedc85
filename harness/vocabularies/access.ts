/**
 * Permissions of subjects. At first, nobody has permission.
 *
 * | call   | value       | ok value             |
 * |--------|-------------|----------------------|
 * | grant  | { subject } | the same             |
 * | revoke | { subject } | the same             |
 * | check  | { subject } | { subject, allowed } |
 */
import { z } from 'zod'
import type { CallOf, OkOf } from '../api/vocabulary.ts'
import { OF_REPLICAS } from './promises.ts'
import { repeats } from './values.ts'
import { defineCall, defineVocabulary } from './vocabulary.ts'

const about = z.object({ subject: z.int() })

const change = defineCall({
  value: about,
  ok: about,
  changes: () => true,
  mismatch: repeats('subject'),
  objects: (asked) => [`${asked.subject}`],
})

export const ACCESS = defineVocabulary({
  name: 'access',
  shows: ['permissions'],
  description: 'permissions that are granted, revoked and checked',
  promises: OF_REPLICAS,
  unique: null,
  initial: 'not allowed',
  services: [],
  calls: {
    grant: change,
    revoke: change,
    check: defineCall({
      value: about,
      ok: about.extend({ allowed: z.boolean() }),
      changes: () => false,
      mismatch: repeats('subject'),
      objects: (asked) => [`${asked.subject}`],
    }),
  },
})

export type AccessCall = CallOf<typeof ACCESS>
export type Checked = OkOf<typeof ACCESS, 'check'>
