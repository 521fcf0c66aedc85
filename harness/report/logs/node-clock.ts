/**
 * By how much a node's clock differed from the controller's: always, by what the node reported, and while a fault moved it, by
 * what was measured. So the time that a node wrote becomes a time of the run.
 */
import type { FaultRecord, RunRecord } from '../../api/record.ts'
import { quantile } from '../../support/quantiles.ts'
import { NS_PER_MS } from '../../support/time.ts'
import { clockReadings, type RunClock } from './run-clock.ts'

/** Faults take effect a little before they are recorded as injected, and end a little before they are recorded as healed. */
const SLACK_MS = 100

/** Smaller differences are the time that an answer took. */
const NOISE_MS = 50

/** How a clock runs while a fault is in force, in ms of the run. */
interface Motion {
  readonly kind: 'moved' | 'alternating' | 'drifting' | 'still'
  /** The earliest time at which it may have begun. */
  readonly beginsMs: number
  readonly fromMs: number
  readonly toMs: number
  /** Ahead of the true time. */
  readonly offsetMs: number
  /** Parts per million gained. */
  readonly ratePpm: number
}

export interface NodeClock {
  /** Always ahead by this much. */
  readonly aheadMs: number
  readonly motions: readonly Motion[]
}

const KINDS: Readonly<Record<string, Motion['kind']>> = {
  strobe: 'alternating',
  drift: 'drifting',
  freeze: 'still',
}

const numberIn = (values: Readonly<Record<string, unknown>>, name: string): number => {
  const value = values[name]
  return typeof value === 'number' && Number.isFinite(value) ? value : 0
}

/** A suspended node stops first, and goes on with the moved clock; at the latest when its heal begins. */
const beginMs = ({ planned: { intent }, injectedAtNs, healingAtNs, healedAtNs }: FaultRecord): number => {
  const injectedMs = (injectedAtNs ?? 0) / NS_PER_MS
  if (intent.mode !== 'suspend') return injectedMs
  const healingMs = (healingAtNs ?? healedAtNs ?? Number.POSITIVE_INFINITY) / NS_PER_MS
  return Math.min(injectedMs + numberIn(intent, 'suspendMs'), healingMs)
}

/** A suspended node goes on with the moved clock; others may be reached while the injection of the fault is under way. */
const earliestMs = ({ planned: { intent }, injectingAtNs }: FaultRecord, fromMs: number): number =>
  injectingAtNs === undefined || intent.mode === 'suspend'
    ? fromMs - SLACK_MS
    : Math.min(fromMs - SLACK_MS, injectingAtNs / NS_PER_MS)

/** An effective fault of the model `clock` says in its intent how the clock moves, and in its measurements where it was. */
const motionOf = (fault: FaultRecord): Motion => {
  const { intent } = fault.planned
  const fromMs = beginMs(fault)
  const measured = fault.effects.findLast(({ effective }) => effective)?.measurements ?? {}
  return {
    kind: KINDS[String(intent.mode)] ?? 'moved',
    beginsMs: earliestMs(fault, fromMs),
    fromMs,
    toMs: (fault.healedAtNs ?? Number.POSITIVE_INFINITY) / NS_PER_MS,
    offsetMs: numberIn(measured, 'offsetMs'),
    ratePpm: numberIn(intent, 'ratePpm'),
  }
}

const motionsOf = (faults: readonly FaultRecord[], node: string): readonly Motion[] =>
  faults
    .filter(
      ({ planned, victims, effective, injectedAtNs }) =>
        planned.model === 'clock' && effective && victims.includes(node) && injectedAtNs !== undefined,
    )
    .map(motionOf)

/** The clocks of the nodes by name. */
export const nodeClocksOf = (
  record: Pick<RunRecord, 'samples' | 'faults'>,
  clock: RunClock,
  nodes: readonly string[],
): ReadonlyMap<string, NodeClock> => {
  const readings = Map.groupBy(clockReadings(record), ({ node }) => node)
  const aheadOf = (node: string): number => {
    const all = (readings.get(node) ?? []).map(({ ms }) => ms - clock.zeroMs).sort((a, b) => a - b)
    const ahead = quantile(all, 0.5) ?? 0
    return Math.abs(ahead) > NOISE_MS + clock.withinMs ? ahead : 0
  }
  return new Map(
    nodes.map((node) => [node, { aheadMs: aheadOf(node), motions: motionsOf(record.faults ?? [], node) }]),
  )
}

const isWithin = ({ beginsMs, toMs }: Motion, ms: number): boolean => ms >= beginsMs && ms <= toMs + SLACK_MS

/** When the clock showed this time while it moved so; null: it did not. */
const timeDuring = (motion: Motion, shownMs: number, beforeMs: number): number | null => {
  const { kind, fromMs, toMs, offsetMs, ratePpm } = motion
  if (kind === 'still') {
    // It shows the same all the time: a line stands where the line before it does, or at the beginning.
    const isShown = Math.abs(shownMs - fromMs) <= SLACK_MS
    return isShown ? Math.min(Math.max(beforeMs, fromMs), toMs) : null
  }
  const rate = ratePpm / 1e6
  const ms = kind === 'drifting' ? (shownMs + rate * fromMs) / (1 + rate) : shownMs - offsetMs
  return isWithin(motion, ms) ? ms : null
}

/** Whether the clock may have been right at this time. */
const mayBeTrue = ({ motions }: NodeClock, ms: number): boolean =>
  motions.every(
    ({ kind, fromMs, toMs }) => kind === 'alternating' || ms <= fromMs + SLACK_MS || ms >= toMs - SLACK_MS,
  )

export interface ShownTime {
  /** Of the run. */
  readonly ms: number
  /** A fault moved its clock, which showed this time twice, or never as far as was measured. */
  readonly isUnsure: boolean
  /** Its clock stood still, so that it may be up to so much later. 0: it did not, or nobody knows how long. */
  readonly frozenMs: number
}

/** For how long after `ms` a clock that showed this time stood still; null: it did not. */
const frozenFor = (motion: Motion, shownMs: number, ms: number): number | null => {
  if (motion.kind !== 'still' || timeDuring(motion, shownMs, ms) === null) return null
  return Number.isFinite(motion.toMs) ? Math.max(0, motion.toMs - ms) : 0
}

/**
 * When the node's clock showed `shownMs` (ms since time 0). While a clock is moved, it may show one time more than once: the
 * first one that is not before the line before is taken.
 *
 * @param beforeMs the time of the line before; -Infinity: there is none
 */
export const timeShown = (clock: NodeClock, shownMs: number, beforeMs: number): ShownTime => {
  const own = shownMs - clock.aheadMs
  if (clock.motions.length === 0) return { ms: own, isUnsure: false, frozenMs: 0 }
  const during = clock.motions.map((motion) => timeDuring(motion, own, beforeMs)).filter((ms) => ms !== null)
  const possible = mayBeTrue(clock, own) ? [own, ...during] : during
  if (possible.length === 0) return { ms: own, isUnsure: true, frozenMs: 0 }
  const later = possible.filter((ms) => ms >= beforeMs)
  const ms = later.length > 0 ? Math.min(...later) : Math.max(...possible)
  const frozen = clock.motions.map((motion) => frozenFor(motion, own, ms)).filter((each) => each !== null)
  return {
    ms,
    isUnsure: frozen.length > 0 || later.some((each) => Math.abs(each - ms) > SLACK_MS),
    frozenMs: Math.max(0, ...frozen),
  }
}
