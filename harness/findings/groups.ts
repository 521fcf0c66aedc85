/** Broken promises, and the evidence of each way in which they were broken. */
import type { RunRecord } from '../api/record.ts'
import type { Evidence, RunVerdict, Verdict } from '../api/verdict.ts'
import { type EvidenceName, type Moment, momentOf, nameOf } from './evidence.ts'

/** A piece of evidence, and how many findings of one kind it tells of. */
export interface Part {
  readonly evidence: Evidence
  readonly count: number
}

/** The evidence of one finding. The first is the one that a reader is shown. */
export interface Group {
  readonly verdict: Verdict
  readonly anomaly: string | null
  readonly kind: string | null
  readonly parts: readonly Part[]
}

interface Named extends EvidenceName {
  readonly evidence: Evidence
}

const isNamed = ({ anomaly, kind }: EvidenceName): boolean => anomaly !== null || kind !== null

/**
 * Evidence without a name of its own, such as that of the other keys that fail, belongs to the first that has one. So the
 * number of failing keys does not change which findings there are.
 */
const groupsOf = (verdict: Verdict): readonly Group[] => {
  const named = verdict.evidence
    .map((evidence): Named => ({ evidence, ...nameOf(evidence, verdict) }))
    .filter(({ isAllowed }) => !isAllowed)
  const first: EvidenceName | undefined = named.find(isNamed)
  const kept = named.map((each) =>
    isNamed(each) || first === undefined ? each : { ...each, anomaly: first.anomaly, kind: first.kind },
  )
  const groups = Map.groupBy(kept, ({ anomaly, kind }) => JSON.stringify([anomaly, kind]))
  if (groups.size === 0) return [{ verdict, anomaly: null, kind: null, parts: [] }]
  return [...groups.values()].map((parts) => ({
    verdict,
    anomaly: parts[0]?.anomaly ?? null,
    kind: parts[0]?.kind ?? null,
    parts,
  }))
}

/** Why a broken promise is not held against the cluster of a run. Null: it is. */
export const excuseOf = (
  { claims }: RunRecord,
  { outsideClaims }: RunVerdict,
  { promise }: Verdict,
): string | null => {
  if (claims !== null && promise.assumed !== undefined) return 'nobody promised it'
  return outsideClaims && !promise.expected ? 'faults went beyond what the claims tolerate' : null
}

/** The evidence that a reader is shown first: that of the first finding. Undefined: there is none. */
export const firstEvidence = (record: RunRecord, verdict: RunVerdict): Evidence | undefined =>
  brokenGroups(record, verdict)[0]?.parts[0]?.evidence

/** The earliest of the times at which a part was complete. */
export const firstMoment = (record: RunRecord, { parts }: Group): Moment | null =>
  parts
    .flatMap(({ evidence, count }) => momentOf(record, evidence, count) ?? [])
    .reduce<Moment | null>((first, each) => (first === null || each.atNs < first.atNs ? each : first), null)

/** Groups about the state of nodes, the earliest first, as it is the closest to the cause. The others keep their places. */
const nodesInTimeOrder = (record: RunRecord, groups: readonly Group[]): readonly Group[] => {
  const isAboutNodes = ({ parts }: Group): boolean => parts.some(({ evidence }) => evidence.odd !== undefined)
  const atNs = (group: Group): number => firstMoment(record, group)?.atNs ?? Number.MAX_VALUE
  const sorted = groups.filter(isAboutNodes).toSorted((a, b) => atNs(a) - atNs(b))
  return groups.map((group) => (isAboutNodes(group) ? (sorted.shift() as Group) : group))
}

/** The groups of all broken promises; those that are held against the cluster come first. */
export const brokenGroups = (record: RunRecord, verdict: RunVerdict): readonly Group[] => {
  const isExcused = (each: Verdict): boolean => excuseOf(record, verdict, each) !== null
  const broken = verdict.verdicts.filter(({ status }) => status === 'invalid')
  return [broken.filter((each) => !isExcused(each)), broken.filter(isExcused)].flatMap((verdicts) =>
    nodesInTimeOrder(record, verdicts.flatMap(groupsOf)),
  )
}
