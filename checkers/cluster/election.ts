/** Leadership as clients see it: one leader per term, the same one that the status of the nodes reports. */
import type { RunRecord } from '../../harness/api/record.ts'
import { ELECTION, type ToldLeader } from '../../harness/vocabularies/election.ts'
import { promisedOf, promiseOf } from '../promise.ts'
import { checkerOf } from '../verdict.ts'
import { ElectionFollower } from './election-follower.ts'
import { judgeElections } from './leadership.ts'
import { type Said, saidOf } from './said.ts'

/** Longest time between the moment a node read its status and the arrival of the sample. */
const MOST_SAMPLE_NS = 2e9

/** An answer to a client is a report of the node, like its status. */
const toldOf = ({ pairs }: RunRecord): readonly Said[] =>
  pairs.flatMap(({ invocation, completion }) => {
    if (invocation.f !== 'leader' || completion?.type !== 'ok') return []
    const { leader, term } = completion.value as ToldLeader
    const node = invocation.node ?? 'a node'
    const role = leader === node ? 'leader' : 'unknown'
    return [
      {
        node,
        timeNs: completion.timeNs,
        sinceNs: invocation.timeNs,
        status: { role, term, leader },
        operation: invocation.index,
      },
    ]
  })

export const election = checkerOf({
  name: 'election',
  judgesBeginnings: true,
  finds:
    'clients that are told of two leaders in one term, terms that go back, leaders that the nodes do not report',
  needs: ['history', 'samples', 'faults'],
  promise: promisedOf(ELECTION, 'clients are told of one leader per term, the one that the nodes report', [
    'leader',
  ]),
  follow: () => new ElectionFollower(),
  judge: (record) => {
    const told = toldOf(record)
    const sampled = saidOf(record.samples ?? []).map((said) => ({
      ...said,
      sinceNs: said.timeNs - MOST_SAMPLE_NS,
    }))
    const unproven = told.length === 0 ? 'no client got an answer about the leader' : null
    const judged = judgeElections([...told, ...sampled], {
      faults: record.faults,
      unproven,
      // An answer from an older state may contain an older term.
      mayBeOld: promiseOf(record, ELECTION, 'leader').name === 'consistent-prefix',
    })
    return { ...judged, details: { ...judged.details, answers: told.length } }
  },
})
