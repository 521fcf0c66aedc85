import { defineIncident } from '../harness/support/define.ts'
import { NS_PER_S } from '../harness/support/time.ts'
import { atMost, rounds } from './parts/rounds.ts'

/** From 2012 to 2000. */
const TWELVE_YEARS_MS = 378_691_200_000

export const wrongTimeServer = defineIncident({
  name: 'wrong-time-server',
  description:
    'a service that all nodes depend on answers, and is wrong: the time server is off by twelve years',
  happened: {
    year: 2012,
    what: 'For almost an hour, time servers of the US Naval Observatory told that it was the year 2000. Domain controllers that followed them went back twelve years, and their replication stopped.',
    link: 'https://techcommunity.microsoft.com/t5/core-infrastructure-and-security/fixing-when-your-domain-traveled-back-in-time-the-great-system/ba-p/255877',
  },
  effect: 'The wall clocks of all nodes go back twelve years at once, and come back later.',
  endangers: 'Writes that lose to older ones with a later time, and leases that end with the correction.',
  leastNodes: 1,
  plan: (rng, context) => {
    const lengthNs = atMost(60 * NS_PER_S, 1 / 6, context)
    return rounds(rng, context, { lengthNs, restNs: 2 * NS_PER_S }).map((round) => ({
      nemesis: 'clock',
      atNs: round.atNs,
      durationNs: lengthNs,
      intent: {
        victims: 'all',
        order: round.rng.shuffle(context.nodes),
        mode: 'jump-back',
        offsetMs: TWELVE_YEARS_MS,
        ratePpm: 0,
        suspendMs: 0,
      },
    }))
  },
})
