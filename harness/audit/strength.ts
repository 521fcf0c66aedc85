/** Fault models by how much they ask of a cluster, and the weakest that broke something. */
import type { FaultModel } from '../api/claims.ts'
import type { AuditedRun } from './run.ts'

/**
 * The weakest first. Delays and losses are what every network has; a crash takes what was not written; a wrong clock and a
 * change of members are events that a careful operator avoids; losing or changing what a disk has promised to keep is harder,
 * and a node that lies the hardest.
 */
const BY_STRENGTH = [
  'timing',
  'pause',
  'kill',
  'omission',
  'partition',
  'dependency',
  'clock',
  'upgrade',
  'membership',
  'misconfiguration',
  'disk-errors',
  'power-loss',
  'data-loss',
  'corruption',
  'byzantine',
] as const satisfies readonly FaultModel[]

export const NO_FAULT = 'no fault'
export type Strength = FaultModel | typeof NO_FAULT

const rankOf = (strength: Strength): number => (BY_STRENGTH as readonly Strength[]).indexOf(strength)

/** The strongest that took effect in the run. */
const strengthOf = ({ faults }: AuditedRun): Strength =>
  [...faults.keys()].reduce<Strength>(
    (most, model) => (rankOf(model) > rankOf(most) ? model : most),
    NO_FAULT,
  )

/** A run that shows how much it takes, or how little. */
export interface Extreme {
  readonly strength: Strength
  readonly run: AuditedRun
}

const extremes = (runs: readonly AuditedRun[]): readonly Extreme[] =>
  runs
    .map((run) => ({ strength: strengthOf(run), run }))
    .toSorted((a, b) => rankOf(a.strength) - rankOf(b.strength))

/** The run that broke something with the weakest faults; null: none did. */
export const weakestThatBroke = (runs: readonly AuditedRun[]): Extreme | null =>
  extremes(runs.filter(({ status }) => status === 'invalid'))[0] ?? null

/** The valid run with the strongest faults; null: none is valid. */
export const strongestThatDidNot = (runs: readonly AuditedRun[]): Extreme | null =>
  extremes(runs.filter(({ status }) => status === 'valid')).at(-1) ?? null
