import { defineIncident } from '../harness/support/define.ts'
import { NS_PER_S } from '../harness/support/time.ts'
import { atMost, rounds } from './parts/rounds.ts'

/** A leap second, and a time zone that was taken for it. */
const OFFSETS_MS = [1000, 3_600_000] as const
const MODES = ['jump-back', 'bump'] as const

export const leapSecond = defineIncident({
  name: 'leap-second',
  description: 'the clocks of about half of the nodes leap by a second, or jump by an hour',
  happened: {
    year: 2017,
    what: 'A leap second made a time difference negative in the DNS servers of Cloudflare, which had been written for time that never goes back: some of them failed to answer until they were patched.',
    link: 'https://blog.cloudflare.com/how-and-why-the-leap-second-affected-cloudflare-dns/',
  },
  effect:
    'The wall clocks of the largest minority, or of the smallest majority, leap ahead or back by a second or an hour and return later. The others are right.',
  endangers: 'Whatever compares wall clocks: leases, locks with a deadline, the newest of two writes.',
  leastNodes: 1,
  plan: (rng, context) => {
    const lengthNs = atMost(20 * NS_PER_S, 1 / 12, context)
    return rounds(rng, context, { lengthNs, restNs: 1 * NS_PER_S }).map((round, ordinal) => ({
      nemesis: 'clock',
      atNs: round.atNs,
      durationNs: lengthNs,
      intent: {
        victims: round.rng.fork('victims').pick(['minority', 'majority']),
        order: round.rng.fork('order').shuffle(context.nodes),
        mode: MODES[ordinal % 2],
        offsetMs: OFFSETS_MS[(ordinal >> 1) % 2],
        ratePpm: 0,
        suspendMs: 0,
      },
      trigger: { moment: 'acknowledged', times: 1, withinNs: NS_PER_S },
    }))
  },
})
