/** When faults happen: shared by all nemeses. The time of a fault follows from the previous scheduled time, never from the clock. */
import type { PlanContext, PlanWindow, Succession, Trigger } from '../../harness/api/nemesis.ts'
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
      description: 'shortest time between the end of a fault and the start of the next',
    },
  }) as const satisfies OptionSpecs

export type ScheduleSpecs = ReturnType<typeof scheduleOptions>

/** Time without faults at the start, so that there is a leader when the first fault comes. */
const WARM_UP_MS = 1500

export interface Scheduled<I> {
  readonly atNs: number
  readonly durationNs: number
  readonly intent: I
  readonly trigger?: Trigger
  readonly outlasts?: Succession
  readonly latestNs?: number
}

/**
 * What a fault is meant to hit. `leader`: whichever node leads, if that is among the victims that were asked for.
 * `leaders-in-turn`: the same, and whichever node leads after that, if it can.
 * `all`: every node, if the claims tolerate that.
 * `slow-all`: it makes all nodes slow, if its nemesis `slows` and the claims tolerate that.
 */
export type Aim = 'any' | 'leader' | 'leaders-in-turn' | 'all' | 'slow-all'

/** Share of the usual delay by which all nodes are slow: they must go on serving. */
export const drawSlowness = (rng: Rng): number => 0.2 + 0.6 * rng.float()

/** Draws an intent. */
export type DrawIntent<I> = (rng: Rng, ordinal: number, aim: Aim) => I

/** How the faults of one nemesis are planned. */
export interface Drawing<I> {
  readonly draw: DrawIntent<I>
  /** Whether a fault with this intent does something only if it lasts: it gets the rest of its window. */
  needsTime(intent: I): boolean
  /** Whether a fault with this intent makes the others elect another leader. */
  deposes(intent: I): boolean
}

type Times = Pick<PlanContext, 'timeLimitNs' | 'windows' | 'startUpNs'>

/** All the time: each fault lasts 0.5 to 1.5 times the duration, with the interval from one start to the next. */
const throughout = <I>(
  rng: Rng,
  { interval, duration, gap }: OptionsOf<ScheduleSpecs>,
  { timeLimitNs, startUpNs }: Times,
  draw: DrawIntent<I>,
): readonly Scheduled<I>[] => {
  const intervalNs = interval * NS_PER_MS
  const meanNs = duration * NS_PER_MS
  const restNs = Math.max(gap * NS_PER_MS, startUpNs)
  const faults: Scheduled<I>[] = []
  let atNs = WARM_UP_MS * NS_PER_MS + rng.fork('start').float() * intervalNs
  for (let ordinal = 0; ; ordinal++) {
    const fork = rng.fork(ordinal)
    const durationNs = Math.round(meanNs * (0.5 + fork.fork('duration').float()))
    if (atNs + durationNs > timeLimitNs) return faults
    faults.push({ atNs: Math.round(atNs), durationNs, intent: draw(fork.fork('intent'), ordinal, 'any') })
    const gapNs = intervalNs * (0.5 + fork.fork('gap').float())
    atNs += Math.max(gapNs, durationNs + restNs)
  }
}

/** The shortest fault as a share of its window. */
const SHORTEST = 0.2
/** From this share of its window on, a fault is long. */
const LONG = 0.6
/** How long after its window a fault may still begin, within the run, because the cluster had not served enough before. */
const PATIENCE_NS = 4e9
/** How long all are slow after a window, but not until the next one. */
const SLOW_ON_NS = 2e9
const WELL_NS = 0.2e9
/** Mean time between two faults of a window, beside the shortest gap. */
const PAUSE_MS = 200
/** Shares of the faults in windows. */
const AT_LEADER = 0.5
const TRIGGERED = 0.5
/** Of those at leaders. */
const OUTLASTING = 2 / 3
/** How much longer than planned a fault at a leader lasts, if no other node leads by then. */
const ELECTION_NS = 2.5e9

const isBurst = (kind: PlanWindow['kind']): boolean => kind === 'burst' || kind === 'slowed-burst'

const triggerOf = (rng: Rng, { kind }: PlanWindow): Trigger | null => {
  if (kind === 'slow' || kind === 'outage') return null
  if (isBurst(kind)) return { moment: 'new-leader', times: 1, withinNs: 1e9 }
  if (rng.fork('whether').float() >= TRIGGERED) return null
  const moment = rng
    .fork('moment')
    .pick(['acknowledged', 'acknowledged', 'new-leader', 'answers-again'] as const)
  const times = moment === 'acknowledged' ? 1 + rng.fork('times').int(3) : 1
  return { moment, times, withinNs: 0.5e9 }
}

/** Half of the faults are short, to hit between two steps of a protocol; half are long, to outlast elections and leases. */
const drawDurationNs = (rng: Rng, meanNs: number, { fromNs, toNs, kind }: PlanWindow): number => {
  const draw = rng.fork('duration').float()
  const isShort = isBurst(kind)
  const isLong = !isShort && rng.fork('long').float() < 0.5
  const share = isLong ? LONG + (1 - LONG) * draw : SHORTEST * (LONG / SHORTEST) ** (isShort ? 0 : draw)
  return Math.round(Math.min((toNs - fromNs) * share, meanNs * (0.5 + rng.fork('length').float())))
}

/** Of the faults at leaders, most last until another node leads and has served for a while. */
const outlastsOf = (rng: Rng): Succession | null =>
  rng.fork('whether').float() < OUTLASTING
    ? { withinNs: ELECTION_NS, thenNs: Math.round((0.1 + 0.5 * rng.fork('then').float()) * 1e9) }
    : null

/** Being slow stops nobody, and an outage comes whatever was before. */
const waitsForService = ({ kind }: PlanWindow): boolean => kind !== 'slow' && kind !== 'outage'

const aimOf = (rng: Rng, { kind }: PlanWindow): Aim => {
  if (kind === 'slow') return 'slow-all'
  if (kind === 'outage') return 'all'
  if (kind === 'slowed-burst') return 'leaders-in-turn'
  return isBurst(kind) || rng.float() < AT_LEADER ? 'leader' : 'any'
}

/** When a fault ends that lasts as long as its window. A slow one goes on for those that had to wait. */
const wholeEndNs = ({ kind, toNs }: PlanWindow, nextNs: number): number =>
  kind === 'slow' ? Math.max(toNs, Math.min(toNs + SLOW_ON_NS, nextNs - WELL_NS)) : toNs

/** Within the windows only: at least one fault in each, and none longer than its window. */
const inWindows = <I>(
  rng: Rng,
  { duration, gap }: OptionsOf<ScheduleSpecs>,
  windows: readonly PlanWindow[],
  { startUpNs, timeLimitNs }: Times,
  { draw, needsTime, deposes }: Drawing<I>,
): readonly Scheduled<I>[] => {
  const faults: Scheduled<I>[] = []
  const outage = windows.find(({ kind }) => kind === 'outage')
  const endNs = outage?.fromNs ?? timeLimitNs
  for (const [nth, window] of windows.entries()) {
    const { toNs } = window
    const nextNs = windows[nth + 1]?.fromNs ?? timeLimitNs
    for (let atNs = window.fromNs; ; ) {
      const ordinal = faults.length
      const fork = rng.fork('window', ordinal)
      const drawnNs = drawDurationNs(fork, duration * NS_PER_MS, window)
      if (atNs + drawnNs > toNs) break
      const trigger = triggerOf(fork.fork('trigger'), window)
      const intent = draw(fork.fork('intent'), ordinal, aimOf(fork.fork('aim'), window))
      const isWhole = !waitsForService(window) || needsTime(intent)
      const durationNs = isWhole ? Math.round(wholeEndNs(window, nextNs) - atNs) : drawnNs
      const outlasts = deposes(intent) ? outlastsOf(fork.fork('outlasts')) : null
      faults.push({
        atNs: Math.round(atNs),
        durationNs,
        intent,
        ...(waitsForService(window) ? { latestNs: Math.min(toNs + PATIENCE_NS, endNs - durationNs) } : {}),
        ...(trigger === null ? {} : { trigger }),
        ...(outlasts === null ? {} : { outlasts }),
      })
      const pauseNs = isBurst(window.kind) ? 0 : PAUSE_MS * NS_PER_MS * 2 * fork.fork('pause').float()
      atNs += durationNs + Math.max(gap * NS_PER_MS, startUpNs) + pauseNs
    }
  }
  return faults
}

/** Faults of one nemesis, one after another: each ends before the next. */
export const planSequence = <I>(
  rng: Rng,
  options: OptionsOf<ScheduleSpecs>,
  times: Times,
  drawing: Drawing<I>,
): readonly Scheduled<I>[] =>
  times.windows === undefined
    ? throughout(rng, options, times, drawing.draw)
    : inWindows(rng, options, times.windows, times, drawing)
