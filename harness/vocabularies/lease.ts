/**
 * Leases: locks that run out some time after they were granted, by the service's own count. A lease is another promise than a
 * lock: its holder may go on believing in it after it ran out, which only a fencing token can stop.
 *
 * | call    | value          | ok value                                                        |
 * |---------|----------------|-----------------------------------------------------------------|
 * | acquire | { key, owner } | { done, token, ttlMs }: token greater each time; done false: it is taken |
 * | release | { key, owner } | { done }: false where that owner does not hold it (any more)    |
 *
 * An owner acquires at most once.
 */
import { z } from 'zod'
import type { CallOf, OkOf } from '../api/vocabulary.ts'
import { holding, release } from './locks.ts'
import { OF_OBJECTS } from './promises.ts'
import { defineVocabulary } from './vocabulary.ts'

/** Where the service grants what it is asked for; what it granted instead is `ttlMs`. */
export const LEASE_MS = 1500

const granted = z.object({
  done: z.boolean(),
  token: z.int().exactOptional(),
  /** How long it runs from when it was granted, by the service's word. Absent: LEASE_MS. */
  ttlMs: z.number().nonnegative().exactOptional(),
})

export const LEASE = defineVocabulary({
  name: 'lease',
  description: 'locks that run out some time after they were granted',
  promises: OF_OBJECTS,
  unique: 'an owner acquires at most once',
  initial: 'free',
  services: [],
  calls: { acquire: holding(granted), release },
})

export type LeaseCall = CallOf<typeof LEASE>
export type LeaseResult = OkOf<typeof LEASE, 'acquire'>
