import { defineIncident } from '../harness/support/define.ts'
import { NS_PER_S } from '../harness/support/time.ts'
import { atMost, rounds } from './parts/rounds.ts'

export const gcPause = defineIncident({
  name: 'gc-pause',
  description:
    'the leader stops for longer than its lease, as in a garbage collection, and goes on as if nothing was',
  happened: {
    year: 2016,
    what: 'Martin Kleppmann tells of HBase, whose clients could stop for a garbage collection that was longer than their lease and then write as if they still held it: such collections have taken minutes.',
    link: 'https://martin.kleppmann.com/2016/02/08/how-to-do-distributed-locking.html',
  },
  effect:
    'The leader is stopped until another one has led for a while. When it goes on, requests that waited in its sockets are served by a leader that does not know that it was replaced.',
  endangers: 'Stale reads of a deposed leader, and locks and leases that two hold.',
  leastNodes: 2,
  plan: (rng, context) => {
    const lengthNs = atMost(60 * NS_PER_S, 1 / 9, context)
    return rounds(rng, context, { lengthNs, restNs: 2.5 * NS_PER_S }).map((round) => ({
      nemesis: 'pause',
      atNs: round.atNs,
      durationNs: lengthNs,
      intent: { victims: 'leader', order: round.rng.shuffle(context.nodes), method: 'sigstop' },
      trigger: { moment: 'acknowledged', times: 1, withinNs: NS_PER_S },
      outlasts: { thenNs: 0.5 * NS_PER_S, withinNs: 2.5 * NS_PER_S },
    }))
  },
})
