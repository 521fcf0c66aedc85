/**
 * How much of a run a page holds. A page has at most `MOST_BYTES`, however long the run was: of what has no end, it holds what
 * tells most, and says how much it leaves out. Nothing is judged by what a page holds.
 */
import type { RunVerdict } from '../api/verdict.ts'
import type { PageEffects } from './effects.ts'
import type { PageFault } from './faults.ts'
import { spread } from './logs/places.ts'
import type { PageLateness } from './machine.ts'
import type { PageClock, PageRole } from './nodes.ts'
import type { PageSetback } from './setbacks.ts'

/** How many of each a page holds at most. */
export interface PageLimits {
  readonly operations: number
  readonly logLines: number
  /** Of their texts, in UTF-16 code units. */
  readonly logCharacters: number
  readonly samples: number
  readonly roles: number
  readonly effects: number
  readonly lateness: number
  readonly clocks: number
  readonly setbacks: number
  readonly faults: number
  /** Rows of what happened after heals, and on the sides of partitions. */
  readonly impacts: number
}

export const LIMITS: PageLimits = {
  operations: 1_000_000,
  logLines: 100_000,
  logCharacters: 20e6,
  samples: 200_000,
  roles: 20_000,
  effects: 20_000,
  lateness: 5000,
  clocks: 5000,
  setbacks: 2000,
  faults: 2000,
  impacts: 1000,
}

/** What a page holds, in the parts that can be made smaller one by one. */
export type PagePart = 'operations' | 'log' | 'data'

/** Of a page, in characters: each is a byte. */
const MOST_BYTES = 20e6

/** So that all together, with the page's own program, have less than `MOST_BYTES`. */
const PART_BYTES: Readonly<Record<PagePart, number>> = {
  operations: 0.6 * MOST_BYTES,
  log: 0.15 * MOST_BYTES,
  data: 0.2 * MOST_BYTES,
}

const PART_LIMITS: Readonly<Record<PagePart, readonly (keyof PageLimits)[]>> = {
  operations: ['operations'],
  log: ['logLines', 'logCharacters'],
  data: ['samples', 'roles', 'effects', 'lateness', 'clocks', 'setbacks', 'faults', 'impacts'],
}

/** Less than this share of the usual limits is not tried: what remains is evidence, which has limits of its own. */
const LEAST_SHARE = 1 / 1000

const PARTS = Object.keys(PART_BYTES) as readonly PagePart[]

/**
 * Limits for a smaller page, where some parts of one that was made by `limits` are too large.
 *
 * @param bytes how large its parts are
 * @returns null if no part is too large, or can be made smaller
 */
export const smallerLimits = (
  limits: PageLimits,
  bytes: Readonly<Record<PagePart, number>>,
): PageLimits | null => {
  const next: { -readonly [K in keyof PageLimits]: PageLimits[K] } = { ...limits }
  for (const part of PARTS.filter((each) => bytes[each] > PART_BYTES[each])) {
    // Some of a part may be no smaller for that, so it is made a little smaller than that.
    const factor = Math.min(0.5, (0.8 * PART_BYTES[part]) / bytes[part])
    for (const name of PART_LIMITS[part])
      next[name] = Math.floor(Math.max(LIMITS[name] * LEAST_SHARE, limits[name] * factor))
  }
  return PARTS.some((part) => PART_LIMITS[part].some((name) => next[name] < limits[name])) ? next : null
}

/** Collects what is left out, in sentences. */
export class LeftOut {
  readonly #sentences: string[] = []

  /**
   * Those that tell most, in their order.
   *
   * @param what they are, in the plural
   * @param which of them stay, as half a sentence
   * @param rank those with a lower one stay; of those with the same, some that are spread evenly
   */
  keep<T>(
    all: readonly T[],
    most: number,
    { what, which, rank }: { what: string; which: string; rank: (each: T, place: number) => number },
  ): readonly T[] {
    if (all.length <= most) return all
    const ranked = all.map((each, place) => ({ place, rank: rank(each, place), at: spread(place) }))
    ranked.sort((a, b) => a.rank - b.rank || a.at - b.at)
    const kept = ranked.slice(0, most).map(({ place }) => place)
    this.say(what, most, all.length, which)
    return kept.sort((a, b) => a - b).map((place) => all[place] as T)
  }

  say(what: string, shown: number, of: number, which: string): void {
    const count = (value: number): string => value.toLocaleString('en')
    this.#sentences.push(`This page shows ${count(shown)} of ${count(of)} ${what}: ${which}.`)
  }

  get sentences(): readonly string[] {
    return this.#sentences
  }
}

/** What is this near to an operation of the evidence stays first. */
const NEAR_MS = 60_000

type Near = (fromMs: number, toMs: number) => boolean

/** @param timesMs of the evidence */
export const nearTo =
  (timesMs: readonly number[]): Near =>
  (fromMs, toMs) =>
    timesMs.some((ms) => fromMs <= ms + NEAR_MS && toMs >= ms - NEAR_MS)

export const keepFaults = (
  faults: readonly PageFault[],
  most: number,
  near: Near,
  left: LeftOut,
): readonly PageFault[] =>
  left.keep(faults, most, {
    what: 'faults',
    which:
      'those around the evidence, those that were made and had no effect, others that are spread evenly, and at last those that were not made',
    rank: ({ inForce, plannedStartMs, plannedEndMs, effective }) => {
      if (near(inForce?.startMs ?? plannedStartMs, inForce?.endMs ?? plannedEndMs)) return 0
      // In a long run under many faults, more than half may not be made, because the cluster had no time to recover.
      if (inForce === null) return 3
      return effective ? 2 : 1
    },
  })

export const keepRoles = (
  roles: readonly PageRole[],
  most: number,
  near: Near,
  left: LeftOut,
): readonly PageRole[] =>
  left.keep(roles, most, {
    what: 'spans in which the role and the term of a node stayed the same',
    which: 'those around the evidence, those of leaders and of nodes that did not answer, then the longest',
    rank: ({ role, startMs, endMs }) => {
      if (near(startMs, endMs)) return -2
      return role === 'leader' || role === 'down' ? -1 : 1 / (1 + endMs - startMs)
    },
  })

/** A clock is as it is until the next change: what is left out is as short as possible. */
export const keepClocks = (
  clocks: readonly PageClock[],
  most: number,
  left: LeftOut,
): readonly PageClock[] => {
  const next = new Map<string, number>()
  const untilMs = clocks.map(() => Number.POSITIVE_INFINITY)
  for (let i = clocks.length - 1; i >= 0; i--) {
    const { node, atMs } = clocks[i] as PageClock
    untilMs[i] = next.get(node) ?? Number.POSITIVE_INFINITY
    next.set(node, atMs)
  }
  return left.keep(clocks, most, {
    what: 'changes of clocks',
    which: 'those that lasted longest',
    rank: ({ atMs }, place) => atMs - (untilMs[place] as number),
  })
}

export const keepSetbacks = (
  setbacks: readonly PageSetback[],
  most: number,
  left: LeftOut,
): readonly PageSetback[] =>
  left.keep(setbacks, most, {
    what: 'terms and indices that went back',
    which: 'those that no restart explains, and others that are spread evenly',
    rank: ({ isAfterSilence }) => (isAfterSilence ? 1 : 0),
  })

export const keepLateness = (
  late: readonly PageLateness[],
  most: number,
  left: LeftOut,
): readonly PageLateness[] =>
  left.keep(late, most, {
    what: 'seconds in which the machine was late',
    which: 'those in which it was late the most',
    rank: ({ share }) => -share,
  })

/** The causes stay as they are, since effects refer to them by their places. */
export const keepEffects = (
  { effects, causes }: PageEffects,
  most: number,
  near: Near,
  left: LeftOut,
): PageEffects => {
  if (effects.length <= most) return { effects, causes }
  const seen = new Set<string>()
  const twice = new Set<string>()
  for (const { key, outcome } of effects) {
    if (key === null || outcome !== 'done') continue
    if (seen.has(key)) twice.add(key)
    seen.add(key)
  }
  const kept = left.keep(effects, most, {
    what: 'lines of services',
    which:
      'those around the evidence, effects that were seen twice, what was refused, and others that are spread evenly',
    rank: ({ key, outcome, atMs }) => {
      if (near(atMs, atMs)) return 0
      if (key !== null && twice.has(key)) return 1
      return outcome === 'done' ? 3 : 2
    },
  })
  const places = new Map<number, number>()
  const placeOf = (cause: number): number => {
    if (cause === -1) return -1
    const place = places.get(cause) ?? places.size
    places.set(cause, place)
    return place
  }
  const moved = kept.map((effect) => ({ ...effect, cause: placeOf(effect.cause) }))
  return { effects: moved, causes: [...places.keys()].map((cause) => causes[cause] as readonly number[]) }
}

/** Not reached before the end is the slowest. */
const slowness = (times: readonly (number | null)[]): number =>
  Math.max(...times.map((ms) => ms ?? Number.POSITIVE_INFINITY))

/** The verdict with less of what happened around each fault. */
export const keepImpacts = (verdict: RunVerdict, most: number, left: LeftOut): RunVerdict => {
  const { impact } = verdict
  if (impact === null) return verdict
  const recoveries = left.keep(impact.recoveries, most, {
    what: 'recoveries after heals',
    which: 'the slowest',
    rank: ({ firstOkMs, readyMs, rateBackMs }) => -slowness([firstOkMs, readyMs, rateBackMs]),
  })
  if (impact.sides === undefined) return { ...verdict, impact: { ...impact, recoveries } }
  const sides = left.keep(impact.sides, most, {
    what: 'partitions, by what each side did',
    which: 'those in which reads were stale, and others that are spread evenly',
    rank: ({ sides: own }) => (own.some(({ stale }) => stale > 0) ? 0 : 1),
  })
  return { ...verdict, impact: { ...impact, recoveries, sides } }
}
