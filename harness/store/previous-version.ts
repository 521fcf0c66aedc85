/**
 * Records of the previous version are read as if this one had written them, and for one version what is written holds
 * the old name too: there `effective` was called `bit`.
 */
import type { Effect } from '../api/nemesis.ts'
import type { FaultEvent } from '../api/record.ts'
import type { RunVerdict } from '../api/verdict.ts'

type FaultCounts = RunVerdict['faults']

/** As it may stand in a file: with the new name, the old one, or both. */
type EitherName<T extends { readonly effective: unknown }> = Omit<T, 'effective'> &
  (Pick<T, 'effective'> | { readonly bit: T['effective'] })

export type StoredVerdict = Omit<RunVerdict, 'faults'> & { readonly faults: EitherName<FaultCounts> }
export type StoredEvent =
  | Exclude<FaultEvent, { readonly effect: Effect }>
  | (Omit<Extract<FaultEvent, { readonly effect: Effect }>, 'effect'> & {
      readonly effect: EitherName<Effect>
    })

const effectiveOf = <T>(either: { readonly effective: T } | { readonly bit: T }): T =>
  'effective' in either ? either.effective : either.bit

export const readVerdictRecord = (stored: StoredVerdict): RunVerdict => {
  const { planned, injected } = stored.faults
  return { ...stored, faults: { planned, injected, effective: effectiveOf(stored.faults) } }
}

export const storedVerdict = (verdict: RunVerdict): RunVerdict & StoredVerdict => ({
  ...verdict,
  faults: { ...verdict.faults, bit: verdict.faults.effective },
})

const readEffect = (stored: EitherName<Effect>): Effect => {
  const { summary, measurements } = stored
  return { effective: effectiveOf(stored), summary, measurements }
}

export const readFaultEvent = (stored: StoredEvent): FaultEvent =>
  'effect' in stored ? { ...stored, effect: readEffect(stored.effect) } : stored

export const storedFaultEvent = (event: FaultEvent): StoredEvent =>
  'effect' in event ? { ...event, effect: { ...event.effect, bit: event.effect.effective } } : event
