/**
 * Faults that did not go as they were meant to: what follows from them is not held against the cluster. A fault that was
 * injected and never healed keeps acting; a failed heal may have left a part of it; and a fault whose own probe contradicts it
 * is not the fault that is recorded.
 */
import type { FaultRecord, RunRecord } from '../../harness/api/record.ts'

/** A sentence without a full stop; null: the fault went as planned. */
const troubleOf = (fault: FaultRecord): string | null => {
  const { planned, injectedAtNs, healedAtNs, error, effects } = fault
  if (injectedAtNs === undefined) return null
  const id = `the fault ${planned.id} (${planned.kind})`
  if (healedAtNs === undefined)
    return error === undefined ? `${id} was never healed` : `${id} was not healed: ${error}`
  const contradiction = effects.find((effect) => effect.contradiction !== undefined)?.contradiction
  return contradiction === undefined ? null : `${id} was not what it was meant to be: ${contradiction}`
}

/** One sentence for each such fault, without a full stop. A run that was interrupted is judged as that. */
export const faultTrouble = ({ faults, facts }: RunRecord): readonly string[] =>
  facts?.aborted != null ? [] : (faults ?? []).flatMap((fault) => troubleOf(fault) ?? [])

/** Why time limits are not judged; null: they are. */
export const troubleNote = (record: RunRecord): string | null => {
  const [first, ...others] = faultTrouble(record)
  if (first === undefined) return null
  const more = others.length === 0 ? '' : `, and ${others.length} other faults`
  return `${first}${more}; this is not a failure of the cluster`
}
