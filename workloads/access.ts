/** Grants and revocations, checked continuously at every node. */
import { revocation } from '../checkers/data/revocation.ts'
import type { Operation } from '../harness/api/history.ts'
import { thenAsk } from '../harness/generators/questions.ts'
import { defineWorkload } from '../harness/support/define.ts'
import { ACCESS, type AccessCall } from '../harness/vocabularies/access.ts'
import { keyed, keyOptions, keysOf } from './keyed.ts'
import { QUESTIONS } from './questions.ts'
import { standing } from './standing.ts'

/** Share of grants among the operations that are not checks. */
const GRANTS = 0.5

const checkAfter = ({ f, value }: Operation): AccessCall | null =>
  f === 'check' ? null : { f: 'check', value: { subject: (value as AccessCall['value']).subject } }

export const access = defineWorkload({
  name: 'access',
  description: 'grants and revocations: does any node still allow what was revoked?',
  vocabulary: ACCESS,
  options: {
    ...keyOptions(3, 40),
    questions: QUESTIONS,
    checks: { type: 'share', default: 0.7, description: 'share of checks' },
  },
  generator: (_rng, options, { nodes }) =>
    thenAsk(
      { share: options.questions, nodes, about: checkAfter },
      keyed<AccessCall>(keysOf(options), ({ rng, key }) => {
        const value = { subject: key('subject') }
        if (rng.fork('kind').float() < options.checks) return { f: 'check', value }
        return { f: rng.fork('change').float() < GRANTS ? 'grant' : 'revoke', value }
      }),
    ),
  checkers: () => [revocation, ...standing],
})
