import { defineIncident } from '../harness/support/define.ts'
import { NS_PER_S } from '../harness/support/time.ts'
import { atMost, rounds } from './parts/rounds.ts'

/** What is heard no more: one half, the leader, or a minority. */
const SHAPES = ['random-halves', 'leader', 'minority'] as const

export const oneWaySwitch = defineIncident({
  name: 'one-way-switch',
  description: 'a switch fails half-way: some pairs of nodes hear each other in one direction only',
  happened: {
    year: 2018,
    what: 'A study of 136 failures of 25 systems by network partitions found some in which only one direction of a link was lost, besides cuts between some nodes or all.',
    link: 'https://www.usenix.org/conference/osdi18/presentation/alquraan',
  },
  effect:
    'One side goes on hearing heartbeats that it cannot answer, or is answered and cannot ask. Whoever hears nobody calls elections that the others may not even notice.',
  endangers: 'Reads that are answered by nodes which hear nothing new, and writes under two leaders.',
  leastNodes: 3,
  plan: (rng, context) => {
    const lengthNs = atMost(20 * NS_PER_S, 1 / 7, context)
    return rounds(rng, context, { lengthNs, restNs: 2 * NS_PER_S }).map((round, ordinal) => ({
      nemesis: 'partition',
      atNs: round.atNs,
      durationNs: lengthNs,
      intent: {
        shape: SHAPES[ordinal % SHAPES.length],
        oneWay: true,
        order: round.rng.shuffle(context.nodes),
        clientGroup: 0,
      },
    }))
  },
})
