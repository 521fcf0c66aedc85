/** What PBFT promises to clients of each vocabulary that it serves. README.md argues why. */
import type { Claims } from '../../harness/api/claims.ts'
import { LEASE } from '../../harness/vocabularies/lease.ts'
import { PROTECTED_LEASE, PROTECTED_LOCK } from '../../harness/vocabularies/protected.ts'
import { IN_ONE_ORDER } from '../one-order.ts'

/** A lease needs a clock that all replicas agree on, and a protected resource stands outside of the replicas. */
const {
  [LEASE.name]: _lease,
  [PROTECTED_LEASE.name]: _held,
  [PROTECTED_LOCK.name]: _locked,
  ...served
} = IN_ONE_ORDER

/** Every call, reads too, has its place in the order of all requests. */
export const consistency: Claims['consistency'] = served
