/**
 * A queue of jobs with acknowledgement: who works takes a job, does it in the outside world, and acknowledges it. A job that
 * was taken and not acknowledged goes to another worker after a while.
 *
 * | call   | value                      | ok value                                                          |
 * |--------|----------------------------|-------------------------------------------------------------------|
 * | submit | { key, resource, version } | { key }: accepted                                                 |
 * | work   | {}                         | { key, token, acknowledged }: a job was done; key null: there was none |
 * | pending, ledger | {}                | as in `effects.ts`                                                |
 *
 * `acknowledged` is false where the job had gone to another in the meantime, or the sink turned the worker down.
 */
import { z } from 'zod'
import type { CallOf, OkOf } from '../api/vocabulary.ts'
import { audits, SINK, submit } from './effects.ts'
import { OF_EFFECTS } from './promises.ts'
import { nothing } from './values.ts'
import { defineCall, defineVocabulary } from './vocabulary.ts'

const worked = z.object({
  key: z.string().nullable(),
  token: z.int().exactOptional(),
  acknowledged: z.boolean().exactOptional(),
})

export const JOB_QUEUE = defineVocabulary({
  name: 'job-queue',
  description: 'jobs that workers take, do and acknowledge',
  promises: OF_EFFECTS,
  unique: 'a key names one job',
  initial: 'no job',
  services: [SINK],
  calls: {
    submit,
    // Which job it will be, nobody knows beforehand.
    work: defineCall({ value: nothing, ok: worked, changes: () => true, objects: () => [] }),
    ...audits,
  },
})

export type JobQueueCall = CallOf<typeof JOB_QUEUE>
export type Worked = OkOf<typeof JOB_QUEUE, 'work'>
