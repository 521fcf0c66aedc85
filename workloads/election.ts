/** Asks every node continuously which node is the leader. */
import { election as checker } from '../checkers/cluster/election.ts'
import { calls } from '../harness/generators/combinators.ts'
import { defineWorkload } from '../harness/support/define.ts'
import { ELECTION, type LeaderCall } from '../harness/vocabularies/election.ts'
import { standing } from './standing.ts'

export const election = defineWorkload({
  name: 'election',
  description: 'asks every node for the leader: do clients ever see two leaders in one term?',
  vocabulary: ELECTION,
  options: {},
  generator: () => calls<LeaderCall>(() => ({ f: 'leader', value: {} })),
  checkers: () => [checker, ...standing],
})
