/**
 * A change of state and its message, made atomically (transactional outbox). A reader of the messages sees every change, in
 * order, and nothing that never happened.
 *
 * | call   | value                      | ok value                                                           |
 * |--------|----------------------------|--------------------------------------------------------------------|
 * | update | { key, resource, version } | { applied }: from version - 1 to version, with a message under the key; false: another version |
 * | read   | { resource }               | { resource, version }: initially 0                                 |
 * | pending, ledger | {}                | as in `effects.ts`, of messages                                    |
 *
 * If an update that was applied is repeated under its key, the answer is `applied: true` again.
 */
import { z } from 'zod'
import type { CallOf, OkOf } from '../api/vocabulary.ts'
import { audits, request, requestEffect, SINK } from './effects.ts'
import { OF_EFFECTS } from './promises.ts'
import { repeats } from './values.ts'
import { defineCall, defineVocabulary } from './vocabulary.ts'

const resource = z.int()

export const OUTBOX = defineVocabulary({
  name: 'outbox',
  shows: ['effects'],
  description: 'changes of state, each with a message about it',
  promises: OF_EFFECTS,
  unique: 'a key names one change',
  initial: 'version 0',
  services: [SINK],
  effect: requestEffect,
  calls: {
    update: defineCall({
      value: request,
      ok: z.object({ applied: z.boolean() }),
      changes: () => true,
      objects: (asked) => [`${asked.resource}`],
      causes: (asked) => [asked.key],
    }),
    read: defineCall({
      value: z.object({ resource }),
      ok: z.object({ resource, version: z.int().nonnegative() }),
      changes: () => false,
      mismatch: repeats('resource'),
      objects: (asked) => [`${asked.resource}`],
    }),
    ...audits,
  },
})

export type OutboxCall = CallOf<typeof OUTBOX>
export type Updated = OkOf<typeof OUTBOX, 'update'>
export type ResourceState = OkOf<typeof OUTBOX, 'read'>
