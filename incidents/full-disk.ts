import { defineIncident } from '../harness/support/define.ts'
import { NS_PER_S } from '../harness/support/time.ts'
import { atMost, rounds } from './parts/rounds.ts'

export const fullDisk = defineIncident({
  name: 'full-disk',
  description: 'the disk of the leader alone is full, and the operators restart it when there is space again',
  happened: {
    year: 2023,
    what: 'All 14 plants of Toyota in Japan stood still for a day: maintenance of the database of its part orders ran out of disk space, and the backup on the same system did too.',
    link: 'https://www.tomshardware.com/news/toyota-shut-down-14-factories-due-to-insufficient-disk-space',
  },
  effect:
    'Every write of the leader to its disk fails, while the disks of the others have space. In every second round the node is killed before there is space again.',
  endangers: 'What the leader acknowledged although it could not store it.',
  leastNodes: 1,
  plan: (rng, context) => {
    const { startUpNs } = context
    const lengthNs = atMost(30 * NS_PER_S, 1 / 10, context)
    return rounds(rng, context, { lengthNs, restNs: 2.5 * NS_PER_S + startUpNs }).map((round, ordinal) => ({
      nemesis: 'disk',
      atNs: round.atNs,
      durationNs: lengthNs,
      intent: {
        mode: 'full',
        victims: 'leader',
        order: round.rng.shuffle(context.nodes),
        crashes: ordinal % 2 === 1,
        latencyMs: 0,
        distribution: 'fixed',
        probability: 1,
        survival: 'all',
        file: '.',
        seed: ordinal,
      },
      trigger: { moment: 'acknowledged', times: 1, withinNs: NS_PER_S },
    }))
  },
})
