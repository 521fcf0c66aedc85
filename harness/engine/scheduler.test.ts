import { describe, expect, it } from 'vitest'
import type { Call, Operation, Outcome } from '../api/history.ts'
import { calls, limit, sequence, untilOk } from '../generators/combinators.ts'
import { rngFromSeed } from '../support/random.ts'
import { Scheduler } from './scheduler.ts'

const read: Call = { f: 'read', value: null }
const info: Outcome = { type: 'info', error: 'timeout' }

const make = (generator: ReturnType<typeof calls<Call>>, concurrency = 2) => {
  const history: Operation[] = []
  const scheduler: Scheduler<Call> = new Scheduler({
    generator,
    concurrency,
    nemeses: 0,
    rng: rngFromSeed(1),
    nodeOf: (process) => `n${(process % concurrency) + 1}`,
    record: (operation) => history.push(operation),
  })
  return { scheduler, history }
}

describe('Scheduler', () => {
  it('records the invocation at dispatch and the completion at completion, with dense indices', () => {
    const { scheduler, history } = make(sequence([read]))
    expect(scheduler.poll(5)).toMatchObject({ type: 'dispatch', thread: 0 })
    expect(scheduler.poll(6)).toEqual({ type: 'wait', untilNs: null })
    scheduler.complete(0, { type: 'ok', value: 3, meta: { term: 2 } }, 9)
    expect(scheduler.poll(9)).toEqual({ type: 'done' })
    expect(history).toEqual([
      { index: 0, timeNs: 5, process: 0, type: 'invoke', f: 'read', value: null, node: 'n1' },
      { index: 1, timeNs: 9, process: 0, type: 'ok', f: 'read', value: 3, node: 'n1', meta: { term: 2 } },
    ])
  })

  it('never reuses a process after info: the thread continues as process + concurrency', () => {
    const { scheduler, history } = make(
      limit(
        3,
        calls(() => read),
      ),
      1,
    )
    for (let i = 0; i < 3; i++) {
      scheduler.poll(i)
      expect(scheduler.complete(0, info, i)).toBe(true)
    }
    expect(history.filter(({ type }) => type === 'invoke').map(({ process }) => process)).toEqual([0, 1, 2])
  })

  it('keeps the process after ok and fail', () => {
    const { scheduler, history } = make(
      limit(
        2,
        calls(() => read),
      ),
      1,
    )
    scheduler.poll(0)
    expect(scheduler.complete(0, { type: 'fail', error: 'refused' }, 1)).toBe(false)
    scheduler.poll(2)
    expect(history.map(({ process }) => process)).toEqual([0, 0, 0])
    expect(history[1]).toMatchObject({ type: 'fail', error: 'refused', value: null })
  })

  it('keeps indices, processes and ordinals in the final phase', () => {
    const { scheduler, history } = make(sequence([read]), 1)
    scheduler.poll(0)
    scheduler.complete(0, info, 1)
    expect(scheduler.poll(1).type).toBe('done')
    scheduler.extend(sequence([read]))
    scheduler.poll(2)
    expect(history.at(-1)).toMatchObject({ index: 2, process: 1 })
    expect(scheduler.ordinalOf(0)).toBe(2)
  })

  it("asserts against programmers' errors", () => {
    const { scheduler } = make(sequence([read]))
    expect(() => scheduler.complete(0, info, 0)).toThrow('never invoked')
    expect(() => scheduler.complete(7, info, 0)).toThrow('no thread 7')
    scheduler.poll(0)
    expect(() => scheduler.extend(sequence([read]))).toThrow('nothing is running')
  })

  it('throws if a generator would wait forever', () => {
    const waiting = untilOk(read, 'waiting', 0)
    expect(() => make(waiting).scheduler.poll(0)).toThrow('wait forever')
  })
})
