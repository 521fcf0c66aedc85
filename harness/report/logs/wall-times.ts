/**
 * The wall times of the lines of one log. What a line does not say (its zone, its year, its day) is taken from the time of the
 * run: nodes ran between its start and its end.
 */
import type { Stamp } from './formats.ts'
import type { RawTime } from './raw-time.ts'
import type { RunClock } from './run-clock.ts'

const DAY_MS = 86_400_000
/** Offsets of zones are multiples of this. */
const ZONE_STEP_MS = 15 * 60_000
const FURTHEST_ZONE_MS = 14 * 3_600_000
/** Clocks may be moved, so a time counts as within the run up to this far from it. */
const MARGIN_MS = 120_000

export interface WallTimes {
  /** For each line, ms since the epoch by the node's clock; null: it has no time. */
  readonly times: readonly (number | null)[]
  /** What was assumed, as sentences. */
  readonly notes: readonly string[]
}

/** So many times decide about the zone. */
const ZONE_SAMPLE = 2000

const middleOf = ({ fromMs, toMs }: RunClock): number => (fromMs + toMs) / 2

const nearestTo = (middle: number, candidates: readonly number[]): number =>
  candidates.reduce((best, each) => (Math.abs(each - middle) < Math.abs(best - middle) ? each : best))

/** The time in the year that is nearest to the run: around New Year it is another one than that of its start. */
const withYear = (ms: number, middle: number): number => {
  const date = new Date(ms)
  const year = new Date(middle).getUTCFullYear()
  const inYear = (each: number): number =>
    Date.UTC(each, date.getUTCMonth(), date.getUTCDate()) + (ms % DAY_MS)
  return nearestTo(middle, [year, year - 1, year + 1].map(inYear))
}

const withDay = (ms: number, middle: number): number => {
  const day = Math.floor(middle / DAY_MS) * DAY_MS
  return nearestTo(
    middle,
    [day, day - DAY_MS, day + DAY_MS].map((each) => each + ms),
  )
}

/** Complete but for the zone, which is `eastMs` east of UTC. */
const inZone = ({ kind, ms }: RawTime, eastMs: number, clock: RunClock): number => {
  const middle = middleOf(clock) + eastMs
  if (kind === 'yearless') return withYear(ms, middle) - eastMs
  if (kind === 'day-time') return withDay(ms, middle) - eastMs
  return ms - eastMs
}

const zoneName = (eastMs: number): string => {
  const minutes = Math.abs(eastMs) / 60_000
  const two = (n: number): string => String(n).padStart(2, '0')
  return eastMs === 0
    ? 'UTC'
    : `UTC${eastMs < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}

interface Zone {
  readonly eastMs: number
  readonly note: string
}

/** UTC if its times then lie in the run, else this machine's zone, else the one that moves most of them into the run. */
const zoneOf = (times: readonly RawTime[], clock: RunClock, localEastMs: number): Zone => {
  const count = (eastMs: number): number =>
    times.filter((time) => {
      const ms = inZone(time, eastMs, clock)
      return ms >= clock.fromMs - MARGIN_MS && ms <= clock.toMs + MARGIN_MS
    }).length
  const shifts = times.map((time) => {
    const apart = inZone(time, 0, clock) - middleOf(clock)
    return Math.round(apart / ZONE_STEP_MS) * ZONE_STEP_MS
  })
  const likely = shifts.toSorted((a, b) => a - b)[Math.floor(shifts.length / 2)] ?? 0
  const tried = [0, localEastMs, Math.abs(likely) <= FURTHEST_ZONE_MS ? likely : 0]
  const best = tried.reduce((most, each) => (count(each) > count(most) ? each : most))
  const name = zoneName(best)
  if (count(best) === 0)
    return { eastMs: 0, note: 'Times without a zone are read as UTC; in no zone do they lie in the run.' }
  const outside = times.length - count(best)
  const rest =
    outside === 0
      ? ''
      : ` ${outside} of ${times.length} of them do not: the clock was wrong, or its zone changed.`
  if (best === 0)
    return {
      eastMs: 0,
      note: `Times without a zone are read as UTC.${rest && ` Most then lie in the run.${rest}`}`,
    }
  return { eastMs: best, note: `Times without a zone are read as ${name}: so they lie in the run.${rest}` }
}

const UPTIME_NOTE =
  'Times count from a start that is not recorded: the first one is put at the start of the run, and one that is smaller than the one before it where that one is.'

const PARTIAL_NOTES: Partial<Record<RawTime['kind'], string>> = {
  yearless: 'Times without a year have that of the run.',
  'day-time': 'Times without a date have that of the run.',
  uptime: UPTIME_NOTE,
}

/** Turns times since some start into wall times, line by line. */
class Uptime {
  readonly #startMs: number
  #baseMs: number | null = null
  #lastMs = 0

  constructor(startMs: number) {
    this.#startMs = startMs
  }

  next(ms: number): number {
    if (this.#baseMs === null) this.#baseMs = this.#startMs - ms
    else if (ms < this.#lastMs) this.#baseMs += this.#lastMs - ms
    this.#lastMs = ms
    return this.#baseMs + ms
  }
}

/**
 * @param localEastMs how far the zone of this machine is east of UTC, in ms
 */
export const wallTimesOf = (
  stamps: readonly (Stamp | null)[],
  clock: RunClock,
  localEastMs: number,
): WallTimes => {
  const raw = stamps.flatMap((stamp) => (stamp === null ? [] : [stamp.time]))
  const kinds = new Set(raw.map(({ kind }) => kind))
  const zoneless = raw.filter(({ kind }) => kind !== 'instant' && kind !== 'uptime')
  const step = Math.ceil(zoneless.length / ZONE_SAMPLE)
  const looked = zoneless.filter((_, i) => i % step === 0)
  const zone = looked.length === 0 ? null : zoneOf(looked, clock, localEastMs)
  const uptime = new Uptime(clock.fromMs)
  const times = stamps.map((stamp) => {
    if (stamp === null) return null
    const { time } = stamp
    if (time.kind === 'instant') return time.ms
    return time.kind === 'uptime' ? uptime.next(time.ms) : inZone(time, zone?.eastMs ?? 0, clock)
  })
  const notes = [...kinds].flatMap((kind) => PARTIAL_NOTES[kind] ?? [])
  return { times, notes: zone === null ? notes : [zone.note, ...notes] }
}
