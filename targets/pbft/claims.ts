/** What PBFT promises to clients of each vocabulary that it serves. README.md argues why. */
import type { Claims } from '../../harness/api/claims.ts'
import { UserError } from '../../harness/support/assert.ts'
import { LEASE } from '../../harness/vocabularies/lease.ts'
import { PROTECTED_LEASE, PROTECTED_LOCK } from '../../harness/vocabularies/protected.ts'
import { REGISTER } from '../../harness/vocabularies/register.ts'
import { IN_ONE_ORDER } from '../one-order.ts'
import { publicKeyOf } from './keys.ts'

/** A lease needs a clock that all replicas agree on, and a protected resource stands outside of the replicas. */
const {
  [LEASE.name]: _lease,
  [PROTECTED_LEASE.name]: _held,
  [PROTECTED_LOCK.name]: _locked,
  ...served
} = IN_ONE_ORDER

const proved: Claims['consistency'] = {
  ...served,
  // The last stable checkpoint is behind, and by how much differs between replicas.
  [REGISTER.name]: { read: 'consistent-prefix', write: 'linearizable', cas: 'linearizable' },
}

/**
 * Every call, reads too, has its place in the order of all requests, unless reads are proved.
 *
 * @param reads as in the option
 * @throws UserError if it is no such word
 */
export const consistencyOf = (reads: string): Claims['consistency'] => {
  if (reads === 'proved') return proved
  if (reads === 'ordered') return served
  throw new UserError(`pbft: reads=${reads} is no way to read. Set it to ordered or proved.`)
}

/** The most nodes whose proofs can be checked. */
const MOST_NODES = 31

/** Of the nodes in the order of their names, as every environment names them. */
export const proofKeys: NonNullable<Claims['proofKeys']> = Object.fromEntries(
  Array.from({ length: MOST_NODES }, (_, i) => [`n${i + 1}`, publicKeyOf(`n${i + 1}`)]),
)
