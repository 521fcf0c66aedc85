/** When the faults of an incident happen, by the time limit of the run: a longer run has more of them, and longer ones. */
import type { IncidentContext } from '../../harness/api/incident.ts'
import type { Rng } from '../../harness/api/random.ts'
import { NS_PER_S } from '../../harness/support/time.ts'

/** Time without faults at the start, so that there is a leader when the first fault comes. */
const WARM_UP_NS = 2 * NS_PER_S

/** One occurrence of an incident. */
export interface Round {
  /** Its own randomness. */
  readonly rng: Rng
  readonly atNs: number
}

export interface RoundTimes {
  /** How long one takes. */
  readonly lengthNs: number
  /** The least time after each, in which the cluster recovers and is used. */
  readonly restNs: number
}

/** As many rounds as fit, spread over the run. Each ends, with its rest, before the next begins and before the time limit. */
export const rounds = (
  rng: Rng,
  { timeLimitNs }: Pick<IncidentContext, 'timeLimitNs'>,
  { lengthNs, restNs }: RoundTimes,
): readonly Round[] => {
  const neededNs = lengthNs + restNs
  const freeNs = timeLimitNs - WARM_UP_NS
  const count = Math.max(0, Math.floor(freeNs / neededNs))
  return Array.from({ length: count }, (_, ordinal) => {
    const own = rng.fork(ordinal)
    const startNs = WARM_UP_NS + (ordinal * freeNs) / count
    const slackNs = freeNs / count - neededNs
    return { rng: own, atNs: Math.round(startNs + own.fork('at').float() * slackNs) }
  })
}

/** The length that it really had, in ns, or that share of a run which is too short for it. */
export const atMost = (
  realNs: number,
  share: number,
  { timeLimitNs }: Pick<IncidentContext, 'timeLimitNs'>,
): number => Math.round(Math.min(realNs, share * timeLimitNs))
