import { describe, expect, it } from 'vitest'
import { ErrorTally } from './error-tally.ts'

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
})
