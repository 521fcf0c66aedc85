/**
 * Whether a run tested anything. It did not if nothing was acknowledged, if faults were planned and hardly any of them had an
 * effect, or if the cluster was hardly used while it was broken: a cluster that serves nothing breaks no promise about what it
 * serves.
 */
import type { RunRecord } from '../harness/api/record.ts'
import type { FaultUse, RunVerdict } from '../harness/api/verdict.ts'
import { servedTimeOf } from './cluster/use.ts'

/** At least one in this many planned faults must have been effective. */
const LEAST_SHARE = 10

/** Fewer acknowledged operations around all faults show nothing. */
const LEAST_ACKNOWLEDGED = 10
/** At least one in this many effective faults must have been used: with fewer, most of the plan was never put to the test. */
const LEAST_USED_SHARE = 3
/**
 * At least one in this many seconds must have been served. A cluster that elects leaders or restarts all the time still
 * serves in most seconds; one that is killed again before it is up does not.
 */
const LEAST_SERVED_SHARE = 5

const CHANGE =
  'shorter faults (duration), a longer interval between them or a longer --time-limit let it serve'

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((a, b) => a + b, 0)

/** Why the use of the cluster under faults proves nothing; null: it does. */
const unused = (uses: Readonly<Record<string, FaultUse>>, record: RunRecord): string | null => {
  const all = Object.values(uses)
  const faults = all.reduce((total, use) => total + use.faults, 0)
  if (faults === 0) return null
  const used = all.reduce((total, use) => total + use.used, 0)
  const acknowledged = all.reduce((total, { during, after }) => total + sum(during) + sum(after), 0)
  if (acknowledged < LEAST_ACKNOWLEDGED)
    return `only ${acknowledged} operations were acknowledged during or after the faults; a higher --rate, and ${CHANGE}`
  if (used * LEAST_USED_SHARE < faults)
    return `operations were acknowledged during or after only ${used} of ${faults} faults; ${CHANGE}`
  const { askedS, servedS } = servedTimeOf(record)
  if (servedS * LEAST_SERVED_SHARE < askedS)
    return `the cluster served in only ${servedS} of the ${askedS} s in which it was asked; ${CHANGE}`
  return null
}

/** Why most planned faults were not even injected, with what to change; nothing if they were. */
const leftOut = ({ faults }: RunRecord): string => {
  const count = (faults ?? []).filter(({ isLeftOut }) => isLeftOut).length
  if (count * 2 < (faults?.length ?? 0) || count === 0) return ''
  return `: ${count} were left out, because the cluster had served too little before them; ${CHANGE}`
}

export const vacuityOf = (
  { counts, faults, impact }: Pick<RunVerdict, 'counts' | 'faults' | 'impact'>,
  record: RunRecord,
): string | null => {
  if (counts.ok === 0) return 'no operation was ok'
  if (record.facts?.aborted != null) return record.facts.aborted
  if (faults.planned > 0 && faults.effective === 0)
    return `faults were planned, but none was effective${leftOut(record)}`
  if (faults.effective * LEAST_SHARE < faults.planned)
    return `only ${faults.effective} of ${faults.planned} planned faults had an effect${leftOut(record)}`
  if (
    record.faults !== null &&
    record.spec !== null &&
    record.spec.nemeses.length > 0 &&
    faults.planned === 0
  ) {
    return 'nemeses were requested, but no fault fitted into the run'
  }
  return unused(impact?.use ?? {}, record)
}

/** What the use of the cluster under faults leaves open, one sentence each. */
export const useNotes = (uses: Readonly<Record<string, FaultUse>>, record: RunRecord): readonly string[] => {
  const kinds = Object.entries(uses)
  if (kinds.length === 0) return []
  const never = kinds.filter(([, { during }]) => sum(during) === 0).map(([kind]) => kind)
  const nothing = kinds.filter(([kind, { after }]) => never.includes(kind) && sum(after) === 0)
  const called = new Set<string>()
  for (const { invocation, completion } of record.pairs)
    if (completion?.type === 'ok') called.add(invocation.f)
  const calls = [...called].filter((f) => !kinds.some(([, { during }]) => (during[f] ?? 0) > 0))
  return [
    ...(never.length === 0
      ? []
      : [
          `No operation was acknowledged while these were in force: ${never.join(', ')}. What they did is shown only by what was acknowledged afterwards${nothing.length === 0 ? '' : `, and for ${nothing.map(([kind]) => kind).join(', ')} nothing was`}.`,
        ]),
    ...(calls.length === 0 ? [] : [`Never acknowledged while a fault was in force: ${calls.join(', ')}.`]),
  ]
}
