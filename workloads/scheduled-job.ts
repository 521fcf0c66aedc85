/** Schedules that the cluster ticks by itself; at the end it is given time to tick them all. */
import { scheduledJob as checker } from '../checkers/effects/effects.ts'
import { stagger } from '../harness/generators/combinators.ts'
import { defineWorkload } from '../harness/support/define.ts'
import { SCHEDULE, type ScheduleCall } from '../harness/vocabularies/schedule.ts'
import { standing } from './standing.ts'
import { audit, submissions } from './submissions.ts'

export const scheduledJob = defineWorkload({
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
      options.interval * 1e6,
      submissions<ScheduleCall>((key, thread, version) => ({
        f: 'schedule',
        value: {
          key,
          // Of its own: ticks of one schedule come in their order.
          resource: version * concurrency + thread,
          everyMs: options.every,
          ticks: options.ticks,
        },
      })),
    ),
  finalGenerator: audit,
  checkers: () => [checker, ...standing],
})
