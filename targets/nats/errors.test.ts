import { expect, it } from 'vitest'
import { JetStreamError, MismatchError, outcomeOf, type Stage } from './errors.ts'
import { NoAnswerError, NotSentError } from './link.ts'

const SILENT = new NoAnswerError('no answer in time')
const NOBODY = new JetStreamError(503, 'no responders')
const CONFLICT = new JetStreamError(10071, 'wrong last sequence: 7')
const STORE = new JetStreamError(10077, 'maximum messages exceeded')

it.each<readonly [string, Stage, Error, 'fail' | 'info']>([
  ['silence before anything was sent', 'preparing', SILENT, 'fail'],
  ['a stream that is not there', 'preparing', new JetStreamError(10059, 'stream not found'), 'fail'],
  ['a value that differs from the expected one', 'preparing', new MismatchError('another one'), 'fail'],
  ['a connection that had ended before', 'publishing', new NotSentError('closed'), 'fail'],
  ['a message that nobody listens for', 'publishing', NOBODY, 'fail'],
  ['a value that was changed meanwhile', 'publishing', CONFLICT, 'fail'],
  ['silence after a message was sent', 'publishing', SILENT, 'info'],
  ['any other error: a replica may have stored the message', 'publishing', STORE, 'info'],
  [
    'nobody listens, after an earlier message without an answer',
    'publishing',
    new JetStreamError(503, '', true),
    'info',
  ],
  [
    'a conflict, perhaps with an earlier message of the same call',
    'publishing',
    new JetStreamError(10071, '', true),
    'info',
  ],
  ['silence while a message was pulled, which may be on its way', 'pulling', SILENT, 'info'],
  ['a consumer without a leader, which nobody could ask', 'pulling', NOBODY, 'fail'],
])('%s (%s) is typed as it is proved', (_, stage, error, type) =>
  expect(outcomeOf(error, stage)).toMatchObject({ type, error: expect.stringContaining(error.message) }),
)
