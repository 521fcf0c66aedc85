import { expect, it } from 'vitest'
import { isDefinite } from './errors.ts'

/** Consul's words, from its sources and from its answers. */
it.each([
  ['No cluster leader', true],
  ['rpc error making call: No cluster leader', true],
  ['Raft leader not found in server lookup mapping', true],
  ['node is not the leader', true],
  ['rpc error making call: node is not the leader', true],
  ['rpc error getting client: failed to get conn: dial tcp 198.18.0.1:0->198.18.0.2:8300: i/o timeout', true],
  ['leadership lost while committing log', false],
  // Whatever else it says.
  ['leadership lost while committing log: node is not the leader', false],
  ['rpc error making call: EOF', false],
  ['rpc error making call: i/o deadline reached', false],
  ['rpc error making call: stream closed', false],
  ['timed out enqueuing operation', false],
  ['', false],
])('%j proves that nothing happened: %s', (message, definite) => {
  expect(isDefinite(message)).toBe(definite)
})
