/** Leadership as clients are told it: one leader a term, and the one that the nodes' own status names. */
import type { RunRecord } from '../../harness/api/record.ts'
import { ELECTION, type ToldLeader } from '../../harness/vocabularies/election.ts'
import { promisedOf, promiseOf } from '../promise.ts'
import { checkerOf } from '../verdict.ts'
import { judgeElections, type Said, saidOf } from './leadership.ts'

/** A sample was read at most so long before it came. */
const MOST_SAMPLE_NS = 2e9

/** An answer is a node's word, as its status is. */
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
  finds: 'two leaders told of in one term, terms that go back, leaders that the nodes do not know',
  needs: ['history', 'samples', 'faults'],
  promise: promisedOf(ELECTION, 'clients are told of one leader a term, the one that the nodes name', [
    'leader',
  ]),
  judge: (record) => {
    const told = toldOf(record)
    const sampled = saidOf(record.samples ?? []).map((said) => ({
      ...said,
      sinceNs: said.timeNs - MOST_SAMPLE_NS,
    }))
    const unproven = told.length === 0 ? 'no client was told of a leader' : null
    const judged = judgeElections([...told, ...sampled], {
      faults: record.faults,
      unproven,
      // An answer that may be of an older state may tell of an older term.
      mayBeOld: promiseOf(record, ELECTION, 'leader').name === 'consistent-prefix',
    })
    return { ...judged, details: { ...judged.details, answers: told.length } }
  },
})
