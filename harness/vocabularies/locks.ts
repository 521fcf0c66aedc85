/**
 * Locks and semaphores, in vocabularies of their own with the same calls. Nobody waits: what is taken is refused.
 *
 * | call    | value          | ok value                                                     |
 * |---------|----------------|--------------------------------------------------------------|
 * | acquire | { key, owner } | { done, token }: the token only of a lock, greater each time |
 * | release | { key, owner } | { done }: false where that owner does not hold it            |
 *
 * An owner acquires once and releases as often as it likes. Of a semaphore there are PERMITS.
 */
import { z } from 'zod'
import type { CallOf, OkOf } from '../api/vocabulary.ts'
import { lockForm } from './edn-forms.ts'
import { OF_OBJECTS } from './promises.ts'
import { defineCall, defineVocabulary } from './vocabulary.ts'

export const PERMITS = 2

const holder = z.object({ key: z.int(), owner: z.int() })

/** A call of who holds, or wants to hold, a key: of leases too. */
export const holding = <Ok>(ok: z.ZodType<Ok>) =>
  defineCall({ value: holder, ok, changes: () => true, objects: (asked) => [`${asked.key}`] })

const done = z.object({ done: z.boolean() })

export const release = holding(done)

const UNIQUE_OWNER = 'an owner acquires at most once'

export const LOCK = defineVocabulary({
  name: 'lock',
  description: 'locks with fencing tokens; what is taken is refused',
  promises: OF_OBJECTS,
  unique: UNIQUE_OWNER,
  initial: 'free',
  services: [],
  edn: lockForm,
  calls: {
    /** The fencing token (Kleppmann 2016) comes with a lock that was granted. */
    acquire: holding(done.extend({ token: z.int().exactOptional() })),
    release,
  },
})

export const SEMAPHORE = defineVocabulary({
  name: 'semaphore',
  description: `semaphores of ${PERMITS} permits; what is taken is refused`,
  promises: OF_OBJECTS,
  unique: UNIQUE_OWNER,
  initial: 'free',
  services: [],
  edn: lockForm,
  calls: { acquire: holding(done), release },
})

export type LockCall = CallOf<typeof LOCK>
export type LockResult = OkOf<typeof LOCK, 'acquire'>
