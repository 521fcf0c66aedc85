import { defineIncident } from '../harness/support/define.ts'
import { NS_PER_S } from '../harness/support/time.ts'
import { atMost, rounds } from './parts/rounds.ts'

/** The cut lasted 43 s. */
const CUT_NS = 43 * NS_PER_S

export const regionCut = defineIncident({
  name: 'region-cut',
  description: 'the region of the primary is cut off for less than a minute, and another one takes over',
  happened: {
    year: 2018,
    what: 'GitHub lost the link between its hub on the east coast and its main data center for 43 s. Primaries with writes that were not replicated were replaced by others on the west coast; what both sides had accepted took a day to bring together.',
    link: 'https://github.blog/2018-10-30-oct21-post-incident-analysis/',
  },
  effect:
    'The leader is cut off with as many others as fit into a minority, right after it acknowledged something, until another leader has served. Its clients still reach it.',
  endangers: 'Acknowledged writes that only the old primary has.',
  leastNodes: 3,
  plan: (rng, context) => {
    const lengthNs = atMost(CUT_NS, 1 / 8, context)
    return rounds(rng, context, { lengthNs, restNs: 3 * NS_PER_S }).map((round) => ({
      nemesis: 'partition',
      atNs: round.atNs,
      durationNs: lengthNs,
      intent: {
        shape: 'leader-minority',
        oneWay: false,
        order: round.rng.shuffle(context.nodes),
        clientGroup: 0,
        services: 'far',
      },
      trigger: { moment: 'acknowledged', times: 1, withinNs: NS_PER_S },
      outlasts: { thenNs: NS_PER_S, withinNs: 2.5 * NS_PER_S },
    }))
  },
})
