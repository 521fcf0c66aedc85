import { expect, it } from 'vitest'
import { isDefinite } from './errors.ts'

it.each(['QUEUE_FULL', 'MISSING_LEADER', 'NOT_LEADER', 'REQUEST_DENIED', 'DISCARDED', 'UNKNOWN_CALL'])(
  '%s: nothing happened',
  (reason) => expect(isDefinite(reason)).toBe(true),
)

it.each(['LEADER_CHANGED', 'UNKNOWN_OUTCOME', 'TIMEOUT', 'status 500', 'missing_leader', 'toString', ''])(
  '%s: it may have happened',
  (reason) => expect(isDefinite(reason)).toBe(false),
)
