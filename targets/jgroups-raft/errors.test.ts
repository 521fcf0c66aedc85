import { expect, it } from 'vitest'
import { isDefinite } from './errors.ts'

it.each([
  'RaftLeaderException: there is currently no leader to forward set() request to',
  'RaftLeaderException: leader n3 is not member of view [n1|4] (2) [n1, n2]',
])('%s: nothing happened', (reason) => expect(isDefinite(reason)).toBe(true))

it.each([
  // A leader that steps down says so of commands in its log.
  "IllegalStateException: I'm not the leader (local_addr=n1, leader=null)",
  'IllegalStateException: request table was null on Follower',
  'TIMEOUT',
  'status 500',
  'Other: RaftLeaderException: there is currently no leader to forward set() request to',
  '',
])('%s: it may have happened', (reason) => expect(isDefinite(reason)).toBe(false))
