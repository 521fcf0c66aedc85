import { defineIncident } from '../harness/support/define.ts'
import { NS_PER_S } from '../harness/support/time.ts'
import { atMost, rounds } from './parts/rounds.ts'

export const failoverCascade = defineIncident({
  name: 'failover-cascade',
  description: 'each new leader fails as soon as it has served its first write',
  happened: {
    year: 2012,
    what: 'A migration put so much load on the primary database of GitHub that its health checks failed. Each failover moved the load to a server with a cold cache, which failed its checks as well.',
    link: 'https://github.blog/2012-09-14-github-availability-this-week/',
  },
  effect:
    'Leaders are killed one after the other, each when it has acknowledged its first write, with no more than a minority down at a time.',
  endangers: 'What a new leader takes over from the last one, and what it serves before it has caught up.',
  leastNodes: 3,
  plan: (rng, context) => {
    const { startUpNs, nodes } = context
    const downNs = atMost(5 * NS_PER_S, 1 / 40, context)
    return rounds(rng, context, { lengthNs: downNs, restNs: 1.2 * NS_PER_S + startUpNs }).map((round) => ({
      nemesis: 'kill',
      atNs: round.atNs,
      durationNs: downNs,
      intent: {
        victims: 'leader',
        order: round.rng.shuffle(nodes),
        signal: 'SIGKILL',
        pattern: 'at-once',
        uptimeMs: 0,
      },
      trigger: { moment: 'new-leader-serves', times: 1, withinNs: NS_PER_S },
    }))
  },
})
