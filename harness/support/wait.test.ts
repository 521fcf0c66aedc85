/** A deadline ends by itself, with the signal that it follows, or not at all. */
import { expect, it } from 'vitest'
import { Deadline, sleep } from './wait.ts'

const nameOf = ({ reason }: AbortSignal): string => (reason as Error).name

it('a deadline that passes is told as a timeout', async () => {
  using deadline = new Deadline(new AbortController().signal, 1)
  await expect(sleep(60_000, deadline.signal)).rejects.toThrow('no answer within 1 ms')
  expect(nameOf(deadline.signal)).toBe('TimeoutError')
})

it('a deadline follows its signal, also one that was aborted before', () => {
  const outer = new AbortController()
  using before = new Deadline(outer.signal, 60_000)
  const reason = new Error('enough')
  outer.abort(reason)
  using after = new Deadline(outer.signal, 60_000)
  expect([before.signal.reason, after.signal.reason]).toEqual([reason, reason])
})

it('a deadline that nobody needs any more does nothing', async () => {
  const outer = new AbortController()
  const deadline = new Deadline(outer.signal, 5)
  deadline[Symbol.dispose]()
  await sleep(50)
  outer.abort()
  expect(deadline.signal.aborted).toBe(false)
})
