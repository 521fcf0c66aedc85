/** When faults happen: shared by all nemeses. A fault's time follows from the previous scheduled time, never from the clock. */
import type { OptionSpecs, OptionsOf } from '../../harness/api/options.ts'
import type { Rng } from '../../harness/api/random.ts'
import { NS_PER_MS } from '../../harness/support/time.ts'

/** Options that every scheduled nemesis has. */
export const scheduleOptions = (intervalMs: number, durationMs: number) =>
  ({
    interval: {
      type: 'duration',
      default: intervalMs,
      description: 'mean time between the starts of two faults',
    },
    duration: { type: 'duration', default: durationMs, description: 'mean length of a fault' },
    gap: {
      type: 'duration',
      default: 200,
      description: 'least time between the end of a fault and the next',
    },
  }) as const satisfies OptionSpecs

export type ScheduleSpecs = ReturnType<typeof scheduleOptions>

/** Time left undisturbed at the start, so that a first leader is there to be hit. */
const WARM_UP_MS = 1500

export interface Scheduled<I> {
  readonly atNs: number
  readonly durationNs: number
  readonly intent: I
}

/**
 * Faults of one nemesis one after another: each lasts 0.5 to 1.5 times the duration and ends before the next.
 *
 * @param draw what the fault intends, called once a fault, in order
 */
export const planSequence = <I>(
  rng: Rng,
  options: OptionsOf<ScheduleSpecs>,
  timeLimitNs: number,
  draw: (rng: Rng, ordinal: number) => I,
): readonly Scheduled<I>[] => {
  const intervalNs = options.interval * NS_PER_MS
  const meanNs = options.duration * NS_PER_MS
  const faults: Scheduled<I>[] = []
  let atNs = WARM_UP_MS * NS_PER_MS + rng.fork('start').float() * intervalNs
  for (let ordinal = 0; ; ordinal++) {
    const fork = rng.fork(ordinal)
    const durationNs = Math.round(meanNs * (0.5 + fork.fork('duration').float()))
    if (atNs + durationNs > timeLimitNs) return faults
    faults.push({ atNs: Math.round(atNs), durationNs, intent: draw(fork.fork('intent'), ordinal) })
    const gapNs = intervalNs * (0.5 + fork.fork('gap').float())
    atNs += Math.max(gapNs, durationNs + options.gap * NS_PER_MS)
  }
}
