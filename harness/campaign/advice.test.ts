import { expect, it } from 'vitest'
import { caseResult } from '../testing/campaigns.ts'
import { adviceOf } from './advice.ts'
import type { Exercise } from './exercise.ts'
import { nextJobs } from './jobs.ts'
import type { CaseResult } from './result.ts'

const resultWith = (exercise: Exercise): CaseResult => caseResult({ name: 'raft register', exercise })

const use = (during: Readonly<Record<string, number>>) => ({ faults: 1, used: 1, during, after: {} })

it('advice names what never happened in any run of a case, and what was never asked', () => {
  const results = [
    resultWith({ nemeses: ['kill', 'clock'], during: { 'kill/at-once': use({ read: 3, write: 0 }) } }),
    resultWith({ nemeses: ['kill', 'clock'], during: { 'kill/rolling': use({ read: 1, write: 2 }) } }),
  ]
  const reach = {
    target: 'raft',
    workloads: { register: ['register'], queue: ['queue'] },
    used: { register: 'register' },
  }
  expect(adviceOf(results, [reach])).toEqual([
    'raft register: no fault of clock took effect in any run.',
    'raft register: no write was acknowledged during kill/at-once.',
    'raft also answers the calls of these workloads, which no case used: queue.',
  ])
  const third = resultWith({
    nemeses: [],
    during: { 'kill/at-once': use({ write: 1 }), 'clock/bump': use({ read: 1, write: 1 }) },
  })
  expect(adviceOf([...results, third], [])).toEqual([])
})

it('jobs grow while the controllers are in time, and are halved when one is late', () => {
  expect(nextJobs(1, { loopDelayP99Ms: 20 }, 4)).toBe(2)
  expect(nextJobs(4, { loopDelayP99Ms: 20 }, 4)).toBe(4)
  expect(nextJobs(3, { loopDelayP99Ms: 100 }, 4)).toBe(3)
  expect(nextJobs(3, { loopDelayP99Ms: 400 }, 4)).toBe(1)
  expect(nextJobs(1, { loopDelayP99Ms: 400 }, 4)).toBe(1)
})
