import { expect, it } from 'vitest'
import { NotSent, outcomeOf } from './errors.ts'

const fromServer = (errno: number): Error =>
  Object.assign(new Error('in words'), { errno, sqlMessage: 'in words', code: 'ER_SOMETHING' })

/** Each error, and what becomes of a call whose commit had been sent. */
it.each([
  [fromServer(1020), 'fail', 'the row has changed'],
  [fromServer(1047), 'fail', 'not in the primary component'],
  [fromServer(1062), 'fail', 'duplicate key'],
  [fromServer(1205), 'fail', 'lock wait timeout'],
  [fromServer(1213), 'fail', 'deadlock or certification failure'],
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
  expect(outcomeOf(fromServer(1180), false)).toEqual({
    type: 'fail',
    error: 'nothing was written, as COMMIT was not sent: 1180 in words',
  })
  expect(outcomeOf(new Error('no answer in time'), false).type).toBe('fail')
})

it('takes no error of a socket for one of the server, whatever its number', () => {
  expect(outcomeOf(Object.assign(new Error('odd'), { errno: 1213 }), true).type).toBe('info')
})
