/**
 * Runs checkers over a record and composes one verdict: invalid > unknown > valid. A checker that crashes or lacks
 * a part of the record is unknown. A run that tested nothing is unknown too: no operation was ok, or faults were
 * planned and fewer than a tenth of them were effective. So is a run that broke only promises that nobody made.
 */
import type { Claims } from '../harness/api/claims.ts'
import type { FaultRecord, RunRecord } from '../harness/api/record.ts'
import type { Checker, RunVerdict, Status, Verdict } from '../harness/api/verdict.ts'
import { messageOf, UserError } from '../harness/support/assert.ts'
import { impactOf } from './cluster/impact.ts'

const RANK: Readonly<Record<Status, number>> = { valid: 0, unknown: 1, invalid: 2 }

export const worst = (statuses: readonly Status[]): Status =>
  statuses.reduce<Status>((a, b) => (RANK[b] > RANK[a] ? b : a), 'valid')

const unknown = (checker: Checker, summary: string): Verdict => ({
  checker: checker.name,
  status: 'unknown',
  promise: { text: '', source: '' },
  summary,
  evidence: [],
  details: {},
})

const runChecker = async (checker: Checker, record: RunRecord, signal: AbortSignal): Promise<Verdict> => {
  const missing = checker.needs.filter((part) => record[part] === null)
  if (missing.length > 0) return unknown(checker, `Not judged: the record lacks ${missing.join(', ')}.`)
  try {
    return await checker.check(record, signal)
  } catch (error) {
    // A UserError means that the record cannot be judged; any other error is a bug in the checker.
    return unknown(
      checker,
      `${error instanceof UserError ? 'Not judged' : 'The checker failed'}: ${messageOf(error)}`,
    )
  }
}

const countOutcomes = (record: RunRecord): RunVerdict['counts'] => {
  const counts = { ok: 0, fail: 0, info: 0 }
  for (const operation of record.history) {
    if (operation.process !== 'nemesis' && operation.type !== 'invoke') counts[operation.type]++
  }
  return counts
}

const countFaults = (faults: readonly FaultRecord[]): RunVerdict['faults'] => ({
  planned: faults.length,
  injected: faults.filter((fault) => fault.injectedAtNs !== undefined).length,
  effective: faults.filter((fault) => fault.effective).length,
})

/** Whether two faults were in force at the same time; a fault that was never healed is in force until the end. */
const overlap = (a: FaultRecord, b: FaultRecord): boolean =>
  (a.injectedAtNs as number) <= (b.healedAtNs ?? Number.POSITIVE_INFINITY) &&
  (b.injectedAtNs as number) <= (a.healedAtNs ?? Number.POSITIVE_INFINITY)

/** The number of nodes that faults of the same model hit together with this one. Lost data does not come back with the heal. */
const hitTogether = (fault: FaultRecord, faults: readonly FaultRecord[]): number => {
  const { model } = fault.planned
  const together = faults.filter(
    (other) =>
      other.injectedAtNs !== undefined &&
      other.planned.model === model &&
      (model === 'data-loss' || overlap(other, fault)),
  )
  return new Set(together.flatMap(({ victims }) => victims)).size
}

/** The first fault with which more nodes were hit at once than the claims tolerate; null if there is none. */
const beyondTolerance = (
  claims: Claims,
  faults: readonly FaultRecord[],
  nodes: number,
): FaultRecord | null => {
  const minority = Math.floor((nodes - 1) / 2)
  return (
    faults.find((fault) => {
      if (fault.injectedAtNs === undefined) return false
      const tolerated = claims.tolerates[fault.planned.model]
      if (tolerated === undefined) return true
      if (tolerated === 'any') return false
      return hitTogether(fault, faults) > (tolerated === 'minority' ? minority : tolerated)
    }) ?? null
  )
}

/** At least one in this many planned faults must have been effective. */
const LEAST_SHARE = 10

const vacuity = (
  counts: RunVerdict['counts'],
  faults: RunVerdict['faults'],
  record: RunRecord,
): string | null => {
  if (counts.ok === 0) return 'no operation was ok'
  if (record.facts?.aborted != null) return record.facts.aborted
  if (faults.planned > 0 && faults.effective === 0) return 'faults were planned, but none was effective'
  if (faults.effective * LEAST_SHARE < faults.planned)
    return `only ${faults.effective} of ${faults.planned} planned faults had an effect`
  if (
    record.faults !== null &&
    record.spec !== null &&
    record.spec.nemeses.length > 0 &&
    faults.planned === 0
  ) {
    return 'nemeses were requested, but no fault fitted into the run'
  }
  return null
}

/**
 * Whether a target's run broke a promise that nobody made. That is reported, but not held against the cluster. Of an
 * imported history nothing was promised: there the question is whether it has the assumed promise.
 */
const isUnpromised = ({ claims }: RunRecord, { status, promise }: Verdict): boolean =>
  claims !== null && status === 'invalid' && promise.assumed !== undefined

const unpromised = ({ summary, promise: { assumed } }: Verdict): string =>
  `Nothing was promised, so not held against the cluster: ${summary} To hold it against the cluster, claim ${assumed?.name} for ${assumed?.vocabulary} in the target's claims, or give --expect ${assumed?.name}.`

const summarise = (
  status: Status,
  record: RunRecord,
  verdicts: readonly Verdict[],
  vacuous: string | null,
  outside: FaultRecord | null,
): string => {
  const invalid = verdicts.filter((verdict) => verdict.status === 'invalid')
  const broken = invalid.find((verdict) => !isUnpromised(record, verdict)) ?? invalid[0]
  if (broken !== undefined && isUnpromised(record, broken)) return unpromised(broken)
  if (broken !== undefined) {
    if (outside === null) return broken.summary
    return `Outside the claims (${outside.planned.model}: ${outside.planned.id} hit ${outside.victims.join(', ')}), so not held against the cluster: ${broken.summary}`
  }
  if (vacuous !== null) return `Vacuous: ${vacuous}.`
  if (status === 'valid') return verdicts[0]?.summary ?? ''
  return verdicts.find((verdict) => verdict.status === 'unknown')?.summary ?? ''
}

export const composeVerdict = async (
  checkers: readonly Checker[],
  record: RunRecord,
  signal: AbortSignal,
): Promise<RunVerdict> => {
  const verdicts: Verdict[] = []
  const applicable = checkers.filter((checker) => checker.applies?.(record) ?? true)
  for (const checker of applicable) verdicts.push(await runChecker(checker, record, signal))
  const counts = countOutcomes(record)
  const faults = countFaults(record.faults ?? [])
  const vacuous = vacuity(counts, faults, record)
  const outside =
    record.claims === null || record.spec === null
      ? null
      : beyondTolerance(record.claims, record.faults ?? [], record.spec.nodes)
  const judged = worst([
    ...verdicts.map((verdict) => (isUnpromised(record, verdict) ? 'unknown' : verdict.status)),
    vacuous === null ? 'valid' : 'unknown',
  ])
  const status: Status = judged === 'invalid' && outside !== null ? 'unknown' : judged
  return {
    status,
    summary: summarise(status, record, verdicts, vacuous, outside),
    outsideClaims: outside !== null,
    counts,
    faults,
    verdicts,
    notes: [],
    impact: impactOf(record),
  }
}
