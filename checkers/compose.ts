/**
 * Composes one verdict of those of the checkers: invalid > unknown > valid. A run that tested nothing is unknown too
 * (`vacuity.ts`), and so is one that broke only promises that nobody made.
 */
import type { Claims, FaultModel } from '../harness/api/claims.ts'
import type { FaultRecord, RunRecord } from '../harness/api/record.ts'
import type { Checker, RunVerdict, Status, Verdict } from '../harness/api/verdict.ts'
import { mostTolerated } from '../harness/support/tolerance.ts'
import { faultTrouble } from './cluster/fault-trouble.ts'
import { impactOf } from './cluster/impact.ts'
import { distrustedIn } from './cluster/outcomes.ts'
import { withDistrust } from './distrust.ts'
import { isAssumed } from './promise.ts'
import { runCheckers } from './run-checkers.ts'
import { useNotes, vacuityOf } from './vacuity.ts'

const RANK: Readonly<Record<Status, number>> = { valid: 0, unknown: 1, invalid: 2 }

export const worst = (statuses: readonly Status[]): Status =>
  statuses.reduce<Status>((a, b) => (RANK[b] > RANK[a] ? b : a), 'valid')

const countFaults = (faults: readonly FaultRecord[]): RunVerdict['faults'] => ({
  planned: faults.length,
  injected: faults.filter((fault) => fault.injectedAtNs !== undefined).length,
  effective: faults.filter((fault) => fault.effective).length,
})

/** Whether two faults were in force at the same time; a fault that was never healed is in force until the end. */
const overlap = (a: FaultRecord, b: FaultRecord): boolean =>
  (a.injectedAtNs as number) <= (b.healedAtNs ?? Number.POSITIVE_INFINITY) &&
  (b.injectedAtNs as number) <= (a.healedAtNs ?? Number.POSITIVE_INFINITY)

/** Lost data does not come back with the heal, and nobody believes again who has lied. */
const LASTING: ReadonlySet<FaultModel> = new Set(['data-loss', 'byzantine'])

/** The number of nodes that faults of the same model hit together with this one. */
const hitTogether = (fault: FaultRecord, faults: readonly FaultRecord[]): number => {
  const { model } = fault.planned
  const together = faults.filter(
    (other) =>
      other.injectedAtNs !== undefined &&
      other.planned.model === model &&
      (LASTING.has(model) || overlap(other, fault)),
  )
  return new Set(together.flatMap(({ victims }) => victims)).size
}

/** The first fault with which more nodes were hit at once than the claims tolerate; null if there is none. */
const beyondTolerance = (
  claims: Claims,
  faults: readonly FaultRecord[],
  nodes: number,
): FaultRecord | null => {
  return (
    faults.find((fault) => {
      if (fault.injectedAtNs === undefined) return false
      const tolerated = claims.tolerates[fault.planned.model]
      if (tolerated === undefined) return true
      return hitTogether(fault, faults) > mostTolerated(tolerated, nodes)
    }) ?? null
  )
}

/**
 * Whether a target's run broke a promise that nobody made. That is reported, but not held against the cluster. Of an
 * imported history nothing was promised: there the question is whether it has the assumed promise.
 */
const isUnpromised = ({ claims }: RunRecord, { status, promise }: Verdict): boolean =>
  claims !== null && status === 'invalid' && promise.assumed !== undefined

const unpromised = ({ summary, promise: { assumed } }: Verdict): string =>
  `Nothing was promised, so not held against the cluster: ${summary} To hold it against the cluster, ${assumed?.toClaim}.`

const summarise = (
  status: Status,
  record: RunRecord,
  verdicts: readonly Verdict[],
  vacuous: string | null,
  outside: FaultRecord | null,
): string => {
  const invalid = verdicts.filter((verdict) => verdict.status === 'invalid')
  const promised = invalid.filter((verdict) => !isUnpromised(record, verdict))
  const broken =
    promised.find(({ promise }) => outside !== null && promise.expected) ?? promised[0] ?? invalid[0]
  if (broken !== undefined && isUnpromised(record, broken)) return unpromised(broken)
  if (broken !== undefined) {
    if (outside === null || broken.promise.expected) return broken.summary
    return `Outside the claims (${outside.planned.model}: ${outside.planned.id} hit ${outside.victims.join(', ')}), so not held against the cluster: ${broken.summary}`
  }
  if (vacuous !== null) return `Vacuous: ${vacuous}.`
  if (status === 'valid') return verdicts[0]?.summary ?? ''
  return verdicts.find((verdict) => verdict.status === 'unknown')?.summary ?? ''
}

/** What must be said first of a run whose faults did not go as planned. */
const troubleIn = (record: RunRecord): string => {
  const trouble = faultTrouble(record)
  if (trouble.length === 0) return ''
  const text = `${trouble.join('; ')}; what follows from it is not held against the cluster. `
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}

/** Without those that the verdict's own sentence tells. */
const assumptions = (verdicts: readonly Verdict[]): readonly string[] => {
  const assumed = verdicts.filter(({ promise }) => isAssumed(promise) && promise.assumed === undefined)
  if (assumed.length === 0) return []
  return [
    `Assumed, because nobody promised it: ${assumed.map(({ checker, promise }) => `${promise.text} (${checker})`).join('; ')}.`,
  ]
}

const traitorNote = ({ traitors = [] }: RunRecord): readonly string[] =>
  traitors.length === 0
    ? []
    : [
        `Not believed, because they lied: ${traitors.join(', ')}. What only they answered counts for nothing, and neither do their status and logs.`,
      ]

export const composeVerdict = async (
  checkers: readonly Checker[],
  record: RunRecord,
  signal: AbortSignal,
): Promise<RunVerdict> => {
  const applies = (checker: Checker): boolean => checker.applies?.(record) ?? true
  const judged = await runCheckers(checkers.filter(applies), record, signal)
  const { counts, errors } = judged
  const distrusted = distrustedIn(record)
  const verdicts = judged.verdicts.map((verdict) => withDistrust(verdict, distrusted))
  const notes = checkers
    .filter((checker) => !applies(checker))
    .flatMap((checker) => checker.whyNot?.(record) ?? [])
  const faults = countFaults(record.faults ?? [])
  const impact = impactOf(record)
  const vacuous = vacuityOf({ counts, faults, impact }, record)
  const outside =
    record.claims === null || record.spec === null
      ? null
      : beyondTolerance(
          record.claims,
          record.faults ?? [],
          record.spec.nodes + (record.traitors?.length ?? 0),
        )
  const judgement = worst([
    ...verdicts.map((verdict) => (isUnpromised(record, verdict) ? 'unknown' : verdict.status)),
    vacuous === null ? 'valid' : 'unknown',
  ])
  // Whoever names a promise on the command line means it under the faults that they chose there.
  const isHeld =
    outside === null || verdicts.some((verdict) => verdict.status === 'invalid' && verdict.promise.expected)
  const status: Status = judgement === 'invalid' && !isHeld ? 'unknown' : judgement
  return {
    status,
    summary: `${troubleIn(record)}${summarise(status, record, verdicts, vacuous, outside)}`,
    outsideClaims: outside !== null,
    counts,
    faults,
    verdicts,
    notes: [
      ...traitorNote(record),
      ...assumptions(verdicts),
      ...notes,
      ...useNotes(impact?.use ?? {}, record),
    ],
    errors,
    impact,
  }
}
