/** When faults happen: shared by all nemeses. A fault's time follows from the previous scheduled time, never from the clock. */
import type { FaultModel } from '../../harness/api/claims.ts'
import type { Intent, PlanContext, PlannedFault } from '../../harness/api/nemesis.ts'
import type { OptionSpecs, Options } from '../../harness/api/options.ts'
import type { Rng } from '../../harness/api/random.ts'
import { NS_PER_MS } from '../../harness/support/time.ts'

/** Options every scheduled nemesis has. */
export const scheduleOptions = (intervalMs: number, durationMs: number): OptionSpecs => ({
  interval: {
    type: 'duration',
    default: intervalMs,
    description: 'mean time between the starts of two faults',
  },
  duration: { type: 'duration', default: durationMs, description: 'mean length of a fault' },
  gap: { type: 'duration', default: 200, description: 'least time between the end of a fault and the next' },
})

/** Time left undisturbed at the start, so that a first leader is there to be hit. */
const WARM_UP_MS = 1500

/**
 * Faults of one nemesis one after another: each lasts 0.5 to 1.5 times the duration and ends before the next.
 *
 * @param model of all of them, or by what each intends
 */
export const planSequence = <T extends Intent>(
  nemesis: string,
  model: FaultModel | ((intent: T) => FaultModel),
  rng: Rng,
  options: Options,
  context: PlanContext,
  draw: (rng: Rng, ordinal: number) => T,
): readonly PlannedFault[] => {
  const intervalNs = (options.interval as number) * NS_PER_MS
  const meanNs = (options.duration as number) * NS_PER_MS
  const faults: PlannedFault[] = []
  let atNs = WARM_UP_MS * NS_PER_MS + rng.fork('start').float() * intervalNs
  for (let ordinal = 0; ; ordinal++) {
    const fork = rng.fork(ordinal)
    const durationNs = Math.round(meanNs * (0.5 + fork.fork('duration').float()))
    if (atNs + durationNs > context.timeLimitNs) return faults
    const intent = draw(fork.fork('intent'), ordinal)
    faults.push({
      id: `${nemesis}-${ordinal + 1}`,
      nemesis,
      atNs: Math.round(atNs),
      durationNs,
      model: typeof model === 'string' ? model : model(intent),
      intent,
    })
    const gapNs = intervalNs * (0.5 + fork.fork('gap').float())
    atNs += Math.max(gapNs, durationNs + (options.gap as number) * NS_PER_MS)
  }
}

/** One of the words, so that all have had their turn before one comes again; the order is the seed's. */
export const takeTurn = <T>(rng: Rng, words: readonly T[], ordinal: number): T => {
  const round = Math.floor(ordinal / words.length)
  return rng.fork('round', round).shuffle(words)[ordinal % words.length] as T
}
