import { expect, it } from 'vitest'
import { outcomeOf, type Stage } from './errors.ts'

/** An error as the client library makes it of what the server answered: with a code of AMQP 0-9-1, if it gave one. */
const answered = (message: string, code?: number): Error =>
  Object.assign(new Error(message), code === undefined ? {} : { code })

const GONE = answered("Operation failed: BasicGet; 404 (NOT-FOUND) home node 'rabbit@n1' is down", 404)
const BROKEN = answered('Channel ended, no reply will be forthcoming')
const INTERNAL = answered('Operation failed: BasicGet; 541 (INTERNAL-ERROR)', 541)
const NACKED = answered('message nacked')
const SILENT = answered('no answer in time')

it.each<readonly [string, Stage, Error, 'fail' | 'info']>([
  ['whatever happens before anything was sent', 'declaring', BROKEN, 'fail'],
  ['no answer to a declaration', 'declaring', SILENT, 'fail'],
  ['a queue without a process, which can hand out nothing', 'getting', GONE, 'fail'],
  ['an internal error: the message may be in the hands of the channel', 'getting', INTERNAL, 'info'],
  ['a connection that broke while a message was awaited', 'getting', BROKEN, 'info'],
  ['no message in time', 'getting', SILENT, 'info'],
  ['a refusal by the server: a replica may have the message', 'publishing', NACKED, 'info'],
  ['a connection that broke before the confirmation', 'publishing', BROKEN, 'info'],
  ['a queue that vanished after the message was sent', 'publishing', GONE, 'info'],
  ['no confirmation in time', 'publishing', SILENT, 'info'],
])('%s (%s) is typed as it is proved', (_, stage, error, type) =>
  expect(outcomeOf(error, stage)).toMatchObject({ type, error: expect.stringContaining(error.message) }),
)

it('says why the connection was closed, if that is known', () =>
  expect(outcomeOf(BROKEN, 'getting', 'Heartbeat timeout')).toHaveProperty(
    'error',
    'getting: Channel ended, no reply will be forthcoming (Heartbeat timeout)',
  ))
