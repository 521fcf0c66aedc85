import type { Rng } from '../harness/api/random.ts'
import { defineIncident } from '../harness/support/define.ts'
import { NS_PER_S } from '../harness/support/time.ts'
import { atMost, rounds } from './parts/rounds.ts'

/** A leap second, and a time zone that was taken for it. */
const OFFSETS_MS = [1000, 3_600_000] as const
const MODES = ['jump-back', 'bump'] as const
const ROUNDS_OF_AN_OFFSET = MODES.length

/** Those whose clocks change: the first of the order, as many as a minority or a majority has. */
interface Part {
  readonly victims: 'minority' | 'majority'
  readonly order: readonly string[]
}

const drawn = (rng: Rng, nodes: readonly string[]): Part => ({
  victims: rng.fork('victims').pick(['minority', 'majority']),
  order: rng.fork('order').shuffle(nodes),
})

const otherPart = ({ victims, order }: Part): Part => ({
  victims: victims === 'minority' ? 'majority' : 'minority',
  order: order.toReversed(),
})

/**
 * With the second offset, a mode takes those whom it spared with the first. So four rounds move the clock of each node in
 * each mode, and whichever of them leads is among them.
 */
const partsOf = (rngs: readonly Rng[], nodes: readonly string[]): readonly Part[] => {
  const parts: Part[] = []
  for (const [ordinal, rng] of rngs.entries()) {
    const spared = isSecondOffset(ordinal) ? parts[ordinal - ROUNDS_OF_AN_OFFSET] : undefined
    parts.push(spared === undefined ? drawn(rng, nodes) : otherPart(spared))
  }
  return parts
}

const isSecondOffset = (ordinal: number): boolean =>
  Math.floor(ordinal / ROUNDS_OF_AN_OFFSET) % OFFSETS_MS.length === 1

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
    const times = rounds(rng, context, { lengthNs, restNs: 1 * NS_PER_S })
    const parts = partsOf(
      times.map((round) => round.rng),
      context.nodes,
    )
    return times.map((round, ordinal) => ({
      nemesis: 'clock',
      atNs: round.atNs,
      durationNs: lengthNs,
      intent: {
        ...parts[ordinal],
        mode: MODES[ordinal % MODES.length],
        offsetMs: OFFSETS_MS[isSecondOffset(ordinal) ? 1 : 0],
        ratePpm: 0,
        suspendMs: 0,
      },
      trigger: { moment: 'acknowledged', times: 1, withinNs: NS_PER_S },
    }))
  },
})
