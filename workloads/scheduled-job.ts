/** Schedules that the cluster ticks by itself; at the end it is given time to tick them all. */
import { scheduledJob as checker } from '../checkers/effects/effects.ts'
import type { Workload } from '../harness/api/workload.ts'
import { stagger } from '../harness/generators/combinators.ts'
import { SCHEDULE, type ScheduleCall } from '../harness/vocabularies/schedule.ts'
import { standing } from './standing.ts'
import { audit, submissions } from './submissions.ts'

export const scheduledJob: Workload<ScheduleCall> = {
  name: 'scheduled-job',
  description: 'jobs that the cluster triggers by itself: each tick once, whoever leads?',
  vocabulary: SCHEDULE,
  options: {
    ticks: { type: 'number', default: 10, description: 'of a schedule' },
    every: { type: 'duration', default: 200, description: 'between two ticks' },
    interval: { type: 'duration', default: 250, description: 'between two new schedules, on average' },
  },
  generator: (rng, options, { concurrency }) =>
    stagger(
      rng.fork('schedules'),
      (options.interval as number) * 1e6,
      submissions<ScheduleCall>((key, thread, version) => ({
        f: 'schedule',
        value: {
          key,
          // Of its own: ticks of one schedule come in their order.
          resource: version * concurrency + thread,
          everyMs: options.every as number,
          ticks: options.ticks as number,
        },
      })),
    ),
  finalGenerator: audit,
  checkers: () => [checker, ...standing],
}
