import { expect, it } from 'vitest'
import { isRefusal, isReplicaReply } from './errors.ts'

it.each([
  'LOADING Redis is loading the dataset in memory',
  "OOM command not allowed when used memory > 'maxmemory'.",
  'MISCONF Errors writing to the AOF file: No space left on device',
  'BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.',
  "READONLY You can't write against a read only replica.",
  "READONLY You can't write against a read only replica. script: 6b1bf486c81ceb7edf3c093f4c48582e38c0e791, on @user_script:3.",
  "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
  'NOREPLICAS Not enough good replicas to write.',
])('%s: nothing happened', (message) => expect(isRefusal(message)).toBe(true))

it.each([
  'Socket closed unexpectedly',
  'read ECONNRESET',
  'no answer in time',
  'ERR WAIT cannot be used with replica instances.',
  'UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)',
  // Only the code counts, not a word in the text.
  'ERR the server said LOADING before',
])('%s: it may have happened', (message) => expect(isRefusal(message)).toBe(false))

it('a server that refuses writes as a replica is left', () => {
  expect(isReplicaReply("READONLY You can't write against a read only replica.")).toBe(true)
  expect(isReplicaReply('NOREPLICAS Not enough good replicas to write.')).toBe(false)
})
