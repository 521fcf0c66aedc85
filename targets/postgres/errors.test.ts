import { expect, it } from 'vitest'
import { isDeposed, NotReplicated, NotSent, outcomeOf, RolledBack } from './errors.ts'

const fromServer = (severity: string, code: string): Error =>
  Object.assign(new Error('in words'), { severity, code })

/** Each error, and what becomes of a call whose commit had been sent. */
it.each([
  [fromServer('ERROR', '40001'), 'fail', 'serialization failure'],
  [fromServer('ERROR', '40P01'), 'fail', 'deadlock'],
  [fromServer('ERROR', '23505'), 'fail', 'unique violation'],
  [fromServer('ERROR', '25006'), 'fail', 'read-only transaction'],
  [fromServer('ERROR', '55P03'), 'fail', 'lock not available'],
  [fromServer('ERROR', '40003'), 'info', 'statement completion unknown'],
  [fromServer('ERROR', '08006'), 'info', 'connection failure'],
  [fromServer('FATAL', '57P01'), 'info', 'the server stops'],
  [fromServer('FATAL', '57P02'), 'info', 'another session crashed'],
  [fromServer('PANIC', 'XX000'), 'info', 'the server crashed'],
  [Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }), 'info', 'broken connection'],
  [new Error('no answer in time'), 'info', 'no answer'],
  [new NotReplicated('canceling wait'), 'info', 'acknowledged without the standby'],
  [new NotSent('no primary'), 'fail', 'never sent'],
  [new RolledBack('rolled back'), 'fail', 'rolled back at commit'],
] as const)('%s is %s: %s', (error, type, _why) => {
  expect(outcomeOf(error, true).type).toBe(type)
})

it('fails whatever happens before a commit is sent', () => {
  expect(outcomeOf(fromServer('FATAL', '25P03'), false)).toEqual({
    type: 'fail',
    error: 'nothing was written, as COMMIT was not sent: 25P03 in words',
  })
  expect(outcomeOf(new Error('Connection terminated'), false).type).toBe('fail')
})

it('knows a node that is no primary any more', () => {
  expect(isDeposed(fromServer('ERROR', '25006'))).toBe(true)
  expect(isDeposed(fromServer('ERROR', '40001'))).toBe(false)
  expect(isDeposed(new Error('read ECONNRESET'))).toBe(false)
})
