import { defineIncident } from '../harness/support/define.ts'
import { NS_PER_S } from '../harness/support/time.ts'
import { atMost, rounds } from './parts/rounds.ts'

export const greyDisk = defineIncident({
  name: 'grey-disk',
  description:
    'disks are slow and not dead, so nothing is declared failed, until somebody restarts the leader',
  happened: {
    year: 2012,
    what: 'In a zone of Amazon, servers of block storage ran short of memory. Their volumes became slower and slower without failing, and whatever was built on them, such as databases that should have failed over, suffered for hours.',
    link: 'https://aws.amazon.com/message/680342/',
  },
  effect:
    'Reads, writes and fsyncs of all disks take long, each another time. The leader is killed meanwhile, so another one takes over while every step takes long.',
  endangers: 'What is only safe because the time between two steps is usually short.',
  leastNodes: 2,
  plan: (rng, context) => {
    const { startUpNs, nodes } = context
    const lengthNs = atMost(60 * NS_PER_S, 1 / 5, context)
    return rounds(rng, context, { lengthNs, restNs: 2 * NS_PER_S + startUpNs }).flatMap((round, ordinal) => {
      const order = round.rng.shuffle(nodes)
      const slow = {
        mode: 'latency',
        victims: 'all',
        order,
        latencyMs: 20 + Math.round(60 * round.rng.fork('latency').float()),
        distribution: 'exponential',
        probability: 1,
        survival: 'all',
        file: '.',
        seed: ordinal,
      }
      const kill = { victims: 'leader', order, signal: 'SIGKILL', pattern: 'at-once', uptimeMs: 0 }
      return [
        { nemesis: 'disk', atNs: round.atNs, durationNs: lengthNs, intent: slow },
        {
          nemesis: 'kill',
          atNs: round.atNs + Math.round(lengthNs / 3),
          durationNs: Math.round(lengthNs / 3),
          intent: kill,
          trigger: { moment: 'acknowledged' as const, times: 1, withinNs: 0.5 * NS_PER_S },
        },
      ]
    })
  },
})
