import { expect, it } from 'vitest'
import { isDefinite } from './errors.ts'

it('split-brain protection, as the first and only answer, proves that nothing happened', () =>
  expect(isDefinite('Refused: Split brain protection exception: majority has failed!')).toBe(true))

it.each([
  // Without fail-on-indeterminate, an attempt may have come before it.
  'SplitBrainProtectionException: Split brain protection exception: majority has failed!',
  'IndeterminateOperationStateException: SetOperation has been executed but backup acks are missing',
  'OperationTimeoutException: SetOperation got rejected before execution',
  'MemberLeftException: Member [198.18.0.2]:5701 has left cluster!',
  'HazelcastInstanceNotActiveException: Hazelcast instance is not active!',
  'Other: Refused: a thing',
  'TIMEOUT',
  '',
])('%s: it may have happened', (reason) => expect(isDefinite(reason)).toBe(false))
