import { defineIncident } from '../harness/support/define.ts'
import { NS_PER_S } from '../harness/support/time.ts'
import { atMost, rounds } from './parts/rounds.ts'

/** In the first, one half also does not reach the node between, but hears it. */
const SHAPES = ['asymmetric-bridge', 'bridge'] as const

/** The switch works now and then, for about as long as an election takes. */
const FLAP_MS = 800

export const byzantineSwitch = defineIncident({
  name: 'byzantine-switch',
  description: 'nodes disagree about who is reachable: some reach each other only through a third one',
  happened: {
    year: 2020,
    what: 'At Cloudflare, a switch that still looked healthy lost part of its traffic. A member of an etcd cluster could not reach the leader, which another member could, and kept calling elections; databases failed over, and the API was impaired for more than six hours.',
    link: 'https://blog.cloudflare.com/a-byzantine-failure-in-the-real-world/',
  },
  effect:
    'Two halves hear each other only through one node, all the time or now and then, and the packets of one half to that node may be lost as well. A leader may be replaced without hearing of it.',
  endangers:
    'Progress, what a leader acknowledged just before it was deposed, and reads that it still answers.',
  leastNodes: 3,
  plan: (rng, context) => {
    const lengthNs = atMost(30 * NS_PER_S, 1 / 7, context)
    return rounds(rng, context, { lengthNs, restNs: 1.5 * NS_PER_S }).map((round, ordinal) => ({
      nemesis: 'partition',
      atNs: round.atNs,
      durationNs: lengthNs,
      intent: {
        shape: SHAPES[ordinal % 2],
        oneWay: false,
        order: round.rng.shuffle(context.nodes),
        clientGroup: 0,
        flapMs: ordinal % 4 === 3 ? FLAP_MS : 0,
      },
    }))
  },
})
