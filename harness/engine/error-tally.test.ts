import { describe, expect, it } from 'vitest'
import { sleep } from '../support/wait.ts'
import { ErrorTally } from './error-tally.ts'

/** The test runner listens for errors that nobody catches, and would take them for errors of the test. */
const withoutRunner = async (act: () => Promise<void>): Promise<void> => {
  const uncaught = process.listeners('uncaughtException')
  const unhandled = process.listeners('unhandledRejection')
  process.removeAllListeners('uncaughtException').removeAllListeners('unhandledRejection')
  try {
    await act()
  } finally {
    for (const listener of uncaught) process.on('uncaughtException', listener)
    for (const listener of unhandled) process.on('unhandledRejection', listener)
  }
}

const failing = (message: string) => () => Promise.reject(new Error(message))

describe('the tally of errors', () => {
  it('counts by node and masked message, and passes errors and answers on', async () => {
    const tally = new ErrorTally()
    await expect(tally.watch('ready', 'n1', failing('refused at 198.18.0.2:80'))).rejects.toThrow('198.18')
    await tally.watch('ready', 'n1', failing('refused at 198.18.0.3:81')).catch(() => {})
    await tally.watch('status', 'n1', failing('refused at 198.18.0.3:81')).catch(() => {})
    expect(await tally.watch('ready', 'n1', async () => true)).toBe(true)
    expect(tally.list()).toEqual([
      { source: 'ready', node: 'n1', message: 'refused at <address>', count: 2 },
      { source: 'status', node: 'n1', message: 'refused at <address>', count: 1 },
    ])
    expect(tally.lastOfReady('n1')).toBe('refused at 198.18.0.3:81')
    expect(tally.lastOfReady('n2')).toBeNull()
  })

  it('counts what is thrown later by a handler, and by nobody else', async () => {
    const tally = new ErrorTally()
    await withoutRunner(async () => {
      using _strays = tally.catchStrays({ error: () => {} })
      tally.attribute('client', 'n1', () => {
        setTimeout(() => {
          throw new Error('in a timer')
        })
        void sleep(1).then(() => Promise.reject(new Error('of a promise')))
      })
      await sleep(20)
    })
    expect(tally.list()).toEqual(
      ['in a timer', 'of a promise'].map((text) => ({
        source: 'client',
        node: 'n1',
        message: `thrown outside of any call: ${text}`,
        count: 1,
      })),
    )
  })
})
