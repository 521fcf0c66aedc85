/** Grants and revocations, checked at every node all the time. */
import { revocation } from '../checkers/data/revocation.ts'
import { defineWorkload } from '../harness/support/define.ts'
import { ACCESS } from '../harness/vocabularies/access.ts'
import { keyed, keyOptions, keysOf } from './keyed.ts'
import { standing } from './standing.ts'

/** Of what is no check, so many are grants. */
const GRANTS = 0.5

export const access = defineWorkload({
  name: 'access',
  description: 'grants and revocations: does any node allow what was revoked?',
  vocabulary: ACCESS,
  options: {
    ...keyOptions(3, 40),
    checks: { type: 'number', default: 0.7, description: 'share of checks' },
  },
  generator: (_rng, options) =>
    keyed(keysOf(options), ({ rng, key }) => {
      const value = { subject: key('subject') }
      if (rng.fork('kind').float() < options.checks) return { f: 'check', value }
      return { f: rng.fork('change').float() < GRANTS ? 'grant' : 'revoke', value }
    }),
  checkers: () => [revocation, ...standing],
})
