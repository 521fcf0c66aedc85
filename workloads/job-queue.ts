/**
 * Every thread submits jobs. It also takes jobs, does them in the sink and acknowledges them. At the end, a few threads
 * continue until no job is left.
 */
import { jobQueue as checker } from '../checkers/effects/effects.ts'
import type { OpGenerator } from '../harness/api/generator.ts'
import type { Rng } from '../harness/api/random.ts'
import { any, calls, delay, mix } from '../harness/generators/combinators.ts'
import { eachThread, onThreads } from '../harness/generators/threads.ts'
import { defineWorkload } from '../harness/support/define.ts'
import { JOB_QUEUE, type JobQueueCall, type Worked } from '../harness/vocabularies/job-queue.ts'
import { standing } from './standing.ts'
import { audit, submissions } from './submissions.ts'

const WORK: JobQueueCall = { f: 'work', value: {} }

/** Some workers are so slow that their job goes to another, and some die with a job in their hands. */
const drawWork = (draw: Rng, slow: number, dying: number): JobQueueCall => {
  const share = draw.fork('worker').float()
  if (share < dying) return { f: 'work', value: { dies: true } }
  if (share >= dying + slow) return WORK
  return { f: 'work', value: { slowMs: draw.fork('slow').int(SLOWEST_MS) } }
}

/** Longer than a job stays assigned to a worker. */
const SLOWEST_MS = 3000
/** If there was no job for longer than a job stays assigned to a worker, no job will return to the queue. */
const IDLE_ANSWERS = 25
const IDLE_INTERVAL_NS = 1e8
const MOST_WORK = 2000

const untilIdle = (idle = 0, worked = 0): OpGenerator<JobQueueCall> => ({
  next: (context) => {
    const thread = context.free[0]
    if (idle === IDLE_ANSWERS || worked === MOST_WORK) return { type: 'done' }
    if (thread === undefined) return { type: 'pending', wakeNs: null, next: untilIdle(idle, worked) }
    const after = untilIdle(idle, worked + 1)
    const next = idle === 0 ? after : delay(IDLE_INTERVAL_NS, after)
    return { type: 'invoke', atNs: context.nowNs, thread, call: WORK, next }
  },
  update: (_context, { operation }) => {
    if (operation.type === 'invoke') return untilIdle(idle, worked)
    const isIdle = operation.type === 'ok' && (operation.value as Worked).key === null
    return untilIdle(isIdle ? idle + 1 : 0, worked)
  },
})

export const jobQueue = defineWorkload({
  name: 'job-queue',
  description: 'jobs that workers take, do and acknowledge: is any job done twice, or never?',
  vocabulary: JOB_QUEUE,
  options: {
    slow: { type: 'share', default: 0.005, description: 'share of workers that acknowledge late' },
    dying: {
      type: 'share',
      default: 0.02,
      description: 'share of workers that die with a job in their hands',
    },
  },
  generator: (_rng, { slow, dying }) =>
    mix<JobQueueCall>(
      calls((draw) => drawWork(draw, slow, dying)),
      submissions((key, thread, version) => ({ f: 'submit', value: { key, resource: thread, version } })),
    ),
  finalGenerator: (_rng, _options, { concurrency }) =>
    any<JobQueueCall>(
      audit(),
      onThreads(
        (thread) => thread > 0 && thread < Math.max(2, concurrency / 2),
        eachThread(() => untilIdle()),
      ),
    ),
  checkers: () => [checker, ...standing],
})
