import { describe, expect, it } from 'vitest'
import type { Moment, Trigger } from '../api/nemesis.ts'
import { NS_PER_MS } from '../support/time.ts'
import { Moments } from './moments.ts'

const trigger = (moment: Moment, withinMs: number, times = 1): Trigger => ({
  moment,
  times,
  withinNs: withinMs * NS_PER_MS,
})
const LONG_MS = 60_000
const signal = new AbortController().signal

describe('moments', () => {
  it('a wait ends when the moment has come often enough', async () => {
    const moments = new Moments(async () => null, signal)
    const waited = moments.wait(trigger('acknowledged', LONG_MS, 2))
    const order: string[] = []
    void waited.then((came) => order.push(`came: ${came}`))
    moments.happened('acknowledged')
    moments.happened('answers-again')
    await Promise.resolve()
    order.push('one so far')
    moments.happened('acknowledged')
    await waited
    expect(order).toEqual(['one so far', 'came: true'])
  })

  it('a wait ends without the moment when its time is over, or the run', async () => {
    const end = new AbortController()
    const moments = new Moments(async () => null, end.signal)
    expect(await moments.wait(trigger('acknowledged', 5))).toBe(false)
    expect(await moments.wait(trigger('new-leader', 5))).toBe(false)
    const waited = Promise.all([
      moments.wait(trigger('acknowledged', LONG_MS)),
      moments.wait(trigger('new-leader', LONG_MS)),
    ])
    end.abort()
    expect(await waited).toEqual([false, false])
  })

  it('a leader is new once', async () => {
    let leader: string | null = 'n1'
    const moments = new Moments(async () => leader, signal)
    expect(await moments.wait(trigger('new-leader', LONG_MS))).toBe(true)
    expect(await moments.wait(trigger('new-leader', 5))).toBe(false)
    leader = null
    const waited = moments.wait(trigger('new-leader', LONG_MS))
    leader = 'n2'
    expect(await waited).toBe(true)
  })

  it('a new leader serves when a change is acknowledged after its election, not before', async () => {
    const moments = new Moments(async () => 'n1', signal)
    moments.happened('acknowledged')
    expect(await moments.wait(trigger('new-leader-serves', 5))).toBe(false)
    const other = new Moments(async () => 'n1', signal)
    const waited = other.wait(trigger('new-leader-serves', LONG_MS, 2))
    // The leader is found by then.
    await new Promise((resolve) => setImmediate(resolve))
    for (const _ of [1, 2]) other.happened('acknowledged')
    expect(await waited).toBe(true)
    expect(await other.wait(trigger('new-leader-serves', 5))).toBe(false)
  })

  it('a node answers again only after it was silent', async () => {
    const moments = new Moments(async () => null, signal)
    const status = { role: 'follower' } as const
    const sampled = (answers: boolean): void =>
      moments.sampled({ timeNs: 0, node: 'n1', status: answers ? status : null })
    const waited = moments.wait(trigger('answers-again', LONG_MS, 2))
    for (const answers of [true, true, false, true, true]) sampled(answers)
    expect(await Promise.race([waited, Promise.resolve('waiting')])).toBe('waiting')
    for (const answers of [false, true]) sampled(answers)
    expect(await waited).toBe(true)
  })
})
