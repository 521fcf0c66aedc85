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
import type { AuditCall, Request } from './effects.ts'

export const JOB_QUEUE = 'job-queue'

export type JobQueueCall =
  | { readonly f: 'submit'; readonly value: Request }
  | { readonly f: 'work'; readonly value: Readonly<Record<string, never>> }
  | AuditCall

export interface Worked {
  readonly key: string | null
  readonly token?: number
  readonly acknowledged?: boolean
}
