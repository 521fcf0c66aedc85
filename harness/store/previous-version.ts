/**
 * Records of the previous version are read as if this version had written them. For one version, files contain the old
 * name too. In the previous version:
 *
 * - `effective` was called `bit`.
 * - A planned fault had no kind; it follows from the intent.
 * - The links that a fault cut were a text among the measurements.
 * - A verdict had no notes.
 */
import type { Effect, Link, PlannedFault, RecordedFault } from '../api/nemesis.ts'
import type { FaultEvent } from '../api/record.ts'
import type { RunVerdict } from '../api/verdict.ts'

/** The value as it may be in a file: with the new name, the old one, or both. */
type EitherName<T extends { readonly effective: unknown }> = Omit<T, 'effective'> &
  (Pick<T, 'effective'> | { readonly bit: T['effective'] })

export type StoredVerdict = Omit<RunVerdict, 'faults' | 'notes'> & {
  readonly faults: EitherName<RunVerdict['faults']>
  readonly notes?: RunVerdict['notes']
}
type StoredFault = RecordedFault & Partial<PlannedFault>
export type StoredEvent =
  | Exclude<FaultEvent, { readonly type: 'planned' } | { readonly effect: Effect }>
  | { readonly type: 'planned'; readonly fault: StoredFault }
  | (Omit<Extract<FaultEvent, { readonly effect: Effect }>, 'effect'> & {
      readonly effect: EitherName<Effect>
    })

const effectiveOf = <T>(either: { readonly effective: T } | { readonly bit: T }): T =>
  'effective' in either ? either.effective : either.bit

export const readVerdictRecord = (stored: StoredVerdict): RunVerdict => {
  const { planned, injected } = stored.faults
  return {
    ...stored,
    notes: stored.notes ?? [],
    faults: { planned, injected, effective: effectiveOf(stored.faults) },
  }
}

export const storedVerdict = (verdict: RunVerdict): RunVerdict & StoredVerdict => ({
  ...verdict,
  faults: { ...verdict.faults, bit: verdict.faults.effective },
})

/** Such as `partition/leader` or `kill/at-once, wiped`. */
const guessKind = ({ nemesis, intent }: RecordedFault): string => {
  const which = intent.mode ?? intent.shape ?? intent.pattern
  const data = intent.data === undefined || intent.data === 'kept' ? '' : `, ${intent.data}`
  return typeof which === 'string' ? `${nemesis}/${which}${data}` : nemesis
}

const readFault = (stored: StoredFault): PlannedFault => ({
  kind: guessKind(stored),
  label: stored.nemesis,
  colour: 'red',
  ...stored,
})

/** From `n1>n2 n2>n1`. */
const parseLinks = (text: string): readonly Link[] =>
  text
    .split(' ')
    .filter((link) => link !== '')
    .map((link) => {
      const [from = '', to = ''] = link.split('>')
      return { from, to }
    })

const readEffect = (stored: EitherName<Effect>): Effect => {
  const { summary } = stored
  const { links: told, ...measurements } = stored.measurements
  const links = stored.links ?? (typeof told === 'string' ? parseLinks(told) : undefined)
  return {
    effective: effectiveOf(stored),
    summary,
    measurements,
    ...(stored.contradiction === undefined ? {} : { contradiction: stored.contradiction }),
    ...(links === undefined ? {} : { links }),
    ...(stored.lies === undefined ? {} : { lies: stored.lies }),
  }
}

export const readFaultEvent = (stored: StoredEvent): FaultEvent => {
  if (stored.type === 'planned') return { ...stored, fault: readFault(stored.fault) }
  return 'effect' in stored ? { ...stored, effect: readEffect(stored.effect) } : stored
}

export const storedFaultEvent = (event: FaultEvent): StoredEvent =>
  'effect' in event ? { ...event, effect: { ...event.effect, bit: event.effect.effective } } : event
