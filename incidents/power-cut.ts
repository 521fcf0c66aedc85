import { defineIncident } from '../harness/support/define.ts'
import { NS_PER_S } from '../harness/support/time.ts'
import { atMost, rounds } from './parts/rounds.ts'

export const powerCut = defineIncident({
  name: 'power-cut',
  description: 'the power fails for a moment, and all nodes start again at once from what was on their disks',
  happened: {
    year: 2016,
    what: 'A short disturbance of the power restarted more than a quarter of the servers in the main data center of GitHub. Some did not find their disks, clusters of Redis had to be rebuilt elsewhere, and the site was down for two hours.',
    link: 'https://github.blog/2016-02-03-january-28th-incident-report/',
  },
  effect:
    'All nodes lose their power while they write, and everything that they had not fsynced, and start at the same time.',
  endangers: 'Acknowledged writes that no disk had.',
  leastNodes: 1,
  plan: (rng, context) => {
    const { startUpNs } = context
    const downNs = atMost(5 * NS_PER_S, 1 / 20, context)
    return rounds(rng, context, { lengthNs: downNs, restNs: 4 * NS_PER_S + startUpNs }).map(
      (round, ordinal) => ({
        nemesis: 'disk',
        atNs: round.atNs,
        durationNs: downNs,
        intent: {
          mode: 'power-loss',
          victims: 'all',
          order: round.rng.shuffle(context.nodes),
          survival: 'nothing',
          latencyMs: 0,
          distribution: 'fixed',
          probability: 1,
          file: '.',
          seed: ordinal,
        },
        trigger: { moment: 'acknowledged', times: 1 + round.rng.fork('times').int(3), withinNs: NS_PER_S },
      }),
    )
  },
})
