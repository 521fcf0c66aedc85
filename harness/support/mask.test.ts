import { expect, it } from 'vitest'
import { maskMessage } from './mask.ts'

it.each([
  ['connect ECONNREFUSED 198.18.0.2:2379', 'connect ECONNREFUSED <address>'],
  ['connect ECONNREFUSED [fd00::2]:80', 'connect ECONNREFUSED <address>'],
  ['no leader in term 7 after 1.5 s', 'no leader in term # after #.# s'],
  ['lease 694d8e1f2a4b3c1d not found', 'lease <id> not found'],
  ['request 0f8fad5b-d9cb-469f-a165-70867728950e', 'request <id>'],
  ['c.sync is not a function', 'c.sync is not a function'],
  ['a deadbeef is a word\n  of hex letters', 'a deadbeef is a word of hex letters'],
])('%s', (message, masked) => expect(maskMessage(message)).toBe(masked))
