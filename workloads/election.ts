/** Every node asked who leads, all the time. */
import { election as checker } from '../checkers/cluster/election.ts'
import { calls } from '../harness/generators/combinators.ts'
import { defineWorkload } from '../harness/support/define.ts'
import { ELECTION, type LeaderCall } from '../harness/vocabularies/election.ts'
import { standing } from './standing.ts'

export const election = defineWorkload({
  name: 'election',
  description: 'who leads, asked of every node: are clients ever told of two leaders in one term?',
  vocabulary: ELECTION,
  options: {},
  generator: () => calls<LeaderCall>(() => ({ f: 'leader', value: {} })),
  checkers: () => [checker, ...standing],
})
