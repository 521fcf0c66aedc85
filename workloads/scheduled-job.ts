/** Schedules that the cluster triggers by itself. At the end it gets time to trigger all remaining ticks. */
import { scheduledJob as checker } from '../checkers/effects/effects.ts'
import { stagger } from '../harness/generators/combinators.ts'
import { defineWorkload } from '../harness/support/define.ts'
import { SCHEDULE, type ScheduleCall } from '../harness/vocabularies/schedule.ts'
import { standing } from './standing.ts'
import { audit, submissions } from './submissions.ts'

export const scheduledJob = defineWorkload({
  name: 'scheduled-job',
  description: 'jobs that the cluster triggers by itself: does each tick take effect once, under any leader?',
  vocabulary: SCHEDULE,
  options: {
    ticks: { type: 'number', default: 10, description: 'ticks of a schedule' },
    every: { type: 'duration', default: 200, description: 'time between two ticks' },
    interval: { type: 'duration', default: 250, description: 'average time between two new schedules' },
  },
  generator: (rng, options, { concurrency }) =>
    stagger(
      rng.fork('schedules'),
      options.interval * 1e6,
      submissions<ScheduleCall>((key, thread, version) => ({
        f: 'schedule',
        value: {
          key,
          // Each schedule has its own resource, because only the ticks of one schedule are ordered.
          resource: version * concurrency + thread,
          everyMs: options.every,
          ticks: options.ticks,
        },
      })),
    ),
  finalGenerator: audit,
  checkers: () => [checker, ...standing],
})
