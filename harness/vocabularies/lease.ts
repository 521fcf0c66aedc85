/**
 * Leases: locks that expire some time after they were granted, measured by the service. A lease promises less than a lock:
 * its holder may act on it after it expired, and only a fencing token can prevent that.
 *
 * | call    | value          | ok value                                                        |
 * |---------|----------------|-----------------------------------------------------------------|
 * | acquire | { key, owner } | { done, token, ttlMs }: tokens increase; done false: another owner has it |
 * | release | { key, owner } | { done }: false if that owner does not hold it, or not any more |
 *
 * An owner acquires at most once.
 */
import { z } from 'zod'
import type { CallOf, OkOf } from '../api/vocabulary.ts'
import { holding, release } from './locks.ts'
import { OF_LOCKS, WITHOUT_READS } from './promises.ts'
import { defineVocabulary } from './vocabulary.ts'

/** The duration that clients request. If the service grants another one, the answer has it in `ttlMs`. */
export const LEASE_MS = 1500

const granted = z.object({
  done: z.boolean(),
  token: z.int().exactOptional(),
  /** How long it lasts from when it was granted, according to the service. Absent: LEASE_MS. */
  ttlMs: z.number().nonnegative().exactOptional(),
})

export const LEASE = defineVocabulary({
  name: 'lease',
  description: 'locks that expire some time after they were granted',
  promises: OF_LOCKS,
  synonyms: WITHOUT_READS,
  unique: 'an owner acquires at most once',
  initial: 'free',
  services: [],
  expires: true,
  calls: { acquire: holding(granted), release },
})

export type LeaseCall = CallOf<typeof LEASE>
export type LeaseResult = OkOf<typeof LEASE, 'acquire'>
