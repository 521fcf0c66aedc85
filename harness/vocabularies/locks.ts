/**
 * Locks and semaphores: two vocabularies with the same calls. A call never waits: if no permit is free, it is refused.
 *
 * | call    | value          | ok value                                                     |
 * |---------|----------------|--------------------------------------------------------------|
 * | acquire | { key, owner } | { done, token }: only locks have tokens, which increase      |
 * | release | { key, owner } | { done }: false if that owner does not hold it               |
 *
 * An owner acquires at most once and may release any number of times. A semaphore has PERMITS permits.
 */
import { z } from 'zod'
import type { CallOf, OkOf } from '../api/vocabulary.ts'
import { lockForm } from './edn-forms.ts'
import { OF_LOCKS, WITHOUT_READS } from './promises.ts'
import { defineCall, defineVocabulary } from './vocabulary.ts'

export const PERMITS = 2

const holder = z.object({ key: z.int(), owner: z.int() })

/** A call of the holder of a key, or of one who wants to acquire it. Leases use it too. */
export const holding = <Ok>(ok: z.ZodType<Ok>) =>
  defineCall({ value: holder, ok, changes: () => true, objects: (asked) => [`${asked.key}`] })

const done = z.object({ done: z.boolean() })

export const release = holding(done)

const UNIQUE_OWNER = 'an owner acquires at most once'

export const LOCK = defineVocabulary({
  name: 'lock',
  description: 'locks with fencing tokens; acquiring a taken lock is refused',
  promises: OF_LOCKS,
  synonyms: WITHOUT_READS,
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
  description: `semaphores of ${PERMITS} permits; acquiring without a free permit is refused`,
  promises: ['linearizable', 'exclusive'],
  synonyms: WITHOUT_READS,
  unique: UNIQUE_OWNER,
  initial: 'free',
  services: [],
  edn: lockForm,
  calls: { acquire: holding(done), release },
})

export type LockCall = CallOf<typeof LOCK>
export type LockResult = OkOf<typeof LOCK, 'acquire'>
