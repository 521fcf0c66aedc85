import { expect, it } from 'vitest'
import { NotSent, outcomeOf } from './errors.ts'

const fromServer = (errno: number): Error =>
  Object.assign(new Error('in words'), { errno, sqlMessage: 'in words', code: 'ER_SOMETHING' })

/** Each error, and what becomes of a call whose commit had been sent. */
it.each([
  [fromServer(1213), 'fail', 'deadlock: the certification failed'],
  [fromServer(1047), 'info', 'it left the primary component meanwhile'],
  [fromServer(1205), 'info', 'no lock is waited for any more'],
  [fromServer(1053), 'info', 'the server stops'],
  [fromServer(1180), 'info', 'an error during commit: the others may have it'],
  [fromServer(1317), 'info', 'interrupted'],
  [fromServer(1927), 'info', 'the connection was killed'],
  [fromServer(1969), 'info', 'statement timeout'],
  [Object.assign(new Error('read ECONNRESET'), { errno: -104, code: 'ECONNRESET' }), 'info', 'broken'],
  [Object.assign(new Error('closed'), { code: 'PROTOCOL_CONNECTION_LOST', fatal: true }), 'info', 'lost'],
  [new Error('no answer in time'), 'info', 'no answer'],
  [new NotSent('the connection is closed'), 'fail', 'never sent'],
] as const)('%s is %s: %s', (error, type, _why) => {
  expect(outcomeOf(error, true).type).toBe(type)
})

it('fails whatever happens before a commit is sent', () => {
  for (const errno of [1020, 1047, 1062, 1205]) expect(outcomeOf(fromServer(errno), false).type).toBe('fail')
  expect(outcomeOf(fromServer(1180), false)).toEqual({
    type: 'fail',
    error: 'nothing was written, as COMMIT was not sent: 1180 in words',
  })
  expect(outcomeOf(new Error('no answer in time'), false).type).toBe('fail')
})

it('takes no error of a socket for one of the server, whatever its number', () => {
  expect(outcomeOf(Object.assign(new Error('odd'), { errno: 1213 }), true).type).toBe('info')
})
