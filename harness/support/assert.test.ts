import { expect, it } from 'vitest'
import { messageOf } from './assert.ts'

const failing = async (ofEnd: string): Promise<void> => {
  await using _ = {
    [Symbol.asyncDispose]: () => Promise.reject(new Error(ofEnd)),
  }
  throw new Error('the daemon is gone')
}

it('tells the error that ended something before the one of its end', async () => {
  const error = await failing('it cannot be removed').catch((thrown: unknown) => thrown)
  expect(messageOf(error)).toBe('the daemon is gone; and then: it cannot be removed')
})

it('tells the same error once', async () => {
  const error = await failing('the daemon is gone').catch((thrown: unknown) => thrown)
  expect(messageOf(error)).toBe('the daemon is gone')
})
