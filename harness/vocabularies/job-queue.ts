/**
 * A queue of jobs with acknowledgement. A worker takes a job, does it in the outside world, and acknowledges it. If a job is
 * not acknowledged in time, it goes to another worker.
 *
 * | call   | value                      | ok value                                                          |
 * |--------|----------------------------|-------------------------------------------------------------------|
 * | submit | { key, resource, version } | { key }: accepted                                                 |
 * | work   | { slowMs?, dies? }         | { key, token, acknowledged } of the job that was done; key null: no job |
 * | pending, ledger | {}                | as in `effects.ts`                                                |
 *
 * A worker may be slow: it waits before the acknowledgement, perhaps until the job has gone to another. It may die with the
 * job in its hands, before it did anything: it then answers with `acknowledged` false.
 *
 * `acknowledged` is also false if the job went to another worker in the meantime, or the sink refused the worker.
 */
import { z } from 'zod'
import type { CallOf, OkOf } from '../api/vocabulary.ts'
import { audits, requestEffect, SINK, submit } from './effects.ts'
import { OF_EFFECTS } from './promises.ts'
import { defineCall, defineVocabulary } from './vocabulary.ts'

const work = z.strictObject({ slowMs: z.int().exactOptional(), dies: z.boolean().exactOptional() })
const worked = z.object({
  key: z.string().nullable(),
  token: z.int().exactOptional(),
  acknowledged: z.boolean().exactOptional(),
})

export const JOB_QUEUE = defineVocabulary({
  name: 'job-queue',
  shows: ['effects'],
  description: 'jobs that workers take, do and acknowledge',
  promises: OF_EFFECTS,
  unique: 'a key names one job',
  initial: 'no job',
  services: [SINK],
  effect: requestEffect,
  calls: {
    submit,
    // The object is not known in advance: the queue chooses the job.
    work: defineCall({
      value: work,
      ok: worked,
      changes: () => true,
      objects: () => [],
      // The worker itself acts on the sink.
      causes: (_, ok) => (ok === null || ok.key === null ? [] : [ok.key]),
    }),
    ...audits,
  },
})

export type JobQueueCall = CallOf<typeof JOB_QUEUE>
export type Worked = OkOf<typeof JOB_QUEUE, 'work'>
/** How a worker works. */
export type Work = Extract<JobQueueCall, { readonly f: 'work' }>['value']
