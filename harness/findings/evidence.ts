/** What a piece of evidence shows: its name, how often it was found, and when it was complete. */
import type { Pair } from '../api/history.ts'
import type { RunRecord } from '../api/record.ts'
import type { Evidence, Verdict } from '../api/verdict.ts'

/** The name of evidence. Null: it has none of its own, and belongs to the first evidence of its verdict that has one. */
export interface EvidenceName {
  readonly anomaly: string | null
  /** The kind of finding that a checker counts, such as `lost`. */
  readonly kind: string | null
  readonly count: number
  /** It is shown although the promise allows it. */
  readonly isAllowed: boolean
}

/** Findings of one kind together: `lost: 121`, `out of order: 84 (allowed by the promise)`. */
const COUNTED = /^(.+?)(?:: (\d+))?( \(.+\))?$/s

/**
 * A title counts only if the verdict's details have the same count: a key may look like a count. A kind of which only the
 * first is looked for has no count in its title.
 */
export const nameOf = (
  { title, anomaly: named, isAllowed: allowed }: Evidence,
  { details }: Verdict,
): EvidenceName => {
  const anomaly = named ?? null
  const isAllowed = allowed === true
  const [, kind = '', digits = '1', excuse] = COUNTED.exec(title) ?? []
  const count = Number(digits)
  if (!Object.hasOwn(details, kind) || details[kind] !== count)
    return { anomaly, kind: null, count: 1, isAllowed }
  return { anomaly, kind, count, isAllowed: isAllowed || excuse !== undefined }
}

/** The pair whose invocation has this index; null: there is none. Pairs are in the order of their invocations. */
const pairAt = ({ pairs }: RunRecord, index: number): Pair | null => {
  let [low, high] = [0, pairs.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((pairs.at(middle) as Pair).invocation.index < index) low = middle + 1
    else high = middle
  }
  const found = pairs.at(low)
  return found?.invocation.index === index ? found : null
}

export const pairsAt = (record: RunRecord, operations: readonly number[]): readonly Pair[] =>
  [...new Set(operations)].flatMap((index) => pairAt(record, index) ?? [])

const endOf = ({ invocation, completion }: Pair): number => completion?.timeNs ?? invocation.timeNs

/**
 * Whether the times of a history tell anything: an imported history without times gets equal steps.
 */
export const hasTimes = ({ history, spec }: RunRecord): boolean => {
  if (spec !== null) return true
  let lastNs = history.at(0)?.timeNs ?? 0
  const step = (history.at(1)?.timeNs ?? 0) - lastNs
  return history.some(({ timeNs }, i) => {
    const sinceNs = timeNs - lastNs
    lastNs = timeNs
    return i > 0 && sinceNs !== step
  })
}

/**
 * - `at`: it was complete then;
 * - `by`: all of it that is shown was complete then, and some of it earlier;
 * - `after`: what went missing did so at some time after that.
 */
export interface Moment {
  readonly atNs: number
  readonly isKnown: 'at' | 'by' | 'after'
}

/** When the evidence was complete. Null: nothing tells. */
export const momentOf = (record: RunRecord, evidence: Evidence, count: number): Moment | null => {
  if (!hasTimes(record)) return null
  const { view, atNs, operations, isMissing = false } = evidence
  const isKnown = count === 1 ? 'at' : 'by'
  if (view?.kind === 'linearization') {
    const blocked = pairAt(record, view.blocked)
    if (blocked !== null) return { atNs: endOf(blocked), isKnown: 'at' }
  }
  if (atNs !== undefined) return { atNs, isKnown }
  const endsNs = pairsAt(record, operations).map(endOf)
  if (endsNs.length === 0) return null
  return isMissing
    ? { atNs: endsNs.reduce((a, b) => Math.min(a, b)), isKnown: 'after' }
    : { atNs: endsNs.reduce((a, b) => Math.max(a, b)), isKnown }
}
