/**
 * The findings of a verdict: one for each way in which a promise was broken, with a fingerprint by which a later run
 * recognises it.
 */
import crypto from 'node:crypto'
import type { Finding } from '../api/finding.ts'
import type { RunRecord } from '../api/record.ts'
import type { RunVerdict } from '../api/verdict.ts'
import { maskPromise } from '../support/mask.ts'
import { inNameOrder } from '../support/names.ts'
import { clip } from '../support/visible.ts'
import { pairsAt } from './evidence.ts'
import { beganNs, type EffectiveFault, faultsOn, inForce } from './faults.ts'
import { brokenGroups, excuseOf, firstMoment, type Group } from './groups.ts'
import { sentenceOf } from './sentence.ts'

/** A bundled target's name, or the file of a module without its folder: that differs from machine to machine. */
const targetName = ({ spec }: RunRecord): string => spec?.target.split(/[/\\]/).at(-1) ?? ''

/**
 * The target is part of it: two systems that lose the same updates have two defects. Seed, version, workload and faults are
 * not: the same defect shows under several of them. Numbers in a promise are limits that a user can set.
 */
const fingerprintOf = (record: RunRecord, { verdict, anomaly, kind }: Group): string => {
  const parts = [targetName(record), verdict.checker, maskPromise(verdict.promise.text), anomaly, kind]
  return crypto.createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16)
}

/** An imported history may call its nodes anything. */
const MOST_CHARACTERS = 200

/** How often the checker found it, of which the evidence may show less. */
const countOf = ({ verdict: { details }, anomaly, parts }: Group): number => {
  const counts = details.anomalies
  const counted =
    typeof counts === 'object' && counts !== null && anomaly !== null && Object.hasOwn(counts, anomaly)
      ? (counts as Readonly<Record<string, unknown>>)[anomaly]
      : 0
  const shown = parts.reduce((sum, { count }) => sum + count, 0)
  return Math.max(1, shown, typeof counted === 'number' ? counted : 0)
}

/** Those that hit the odd nodes; if none is known to have done so, those in force at the very time. */
const faultsOf = (record: RunRecord, { parts }: Group, atNs: number | null): readonly EffectiveFault[] => {
  const hits = parts.flatMap(({ evidence }) => evidence.odd ?? []).flatMap((odd) => faultsOn(record, odd))
  if (hits.length > 0)
    return [...new Map(hits.map((hit) => [hit.planned.id, hit])).values()].toSorted(
      (a, b) => beganNs(a) - beganNs(b),
    )
  return atNs === null ? [] : inForce(record, atNs)
}

const findingOf = (record: RunRecord, verdict: RunVerdict, group: Group): Finding => {
  const { checker, promise } = group.verdict
  const pairs = pairsAt(
    record,
    group.parts.flatMap(({ evidence }) => evidence.operations),
  )
  const first = firstMoment(record, group)
  const faults = faultsOf(record, group, first?.isKnown === 'at' ? first.atNs : null)
  const odd = group.parts.flatMap(({ evidence }) => (evidence.odd ?? []).map(({ node }) => node))
  const asked = pairs.flatMap(({ invocation: { node } }) => node ?? [])
  return {
    fingerprint: fingerprintOf(record, group),
    checker,
    promise: promise.text,
    source: promise.source,
    anomaly: group.anomaly ?? group.kind ?? checker,
    sentence: sentenceOf(record, group, first?.atNs ?? null),
    count: countOf(group),
    operations: pairs.map(({ invocation }) => invocation.index),
    firstAtNs: first?.atNs ?? null,
    faults: faults.map(({ planned }) => planned.id),
    nodes: inNameOrder([...asked, ...odd].map((node) => clip(node, MOST_CHARACTERS))),
    excuse: excuseOf(record, verdict, group.verdict),
  }
}

/**
 * The findings of a judged run or history. Those held against the cluster come first; otherwise the order is that of the
 * checkers. Empty: no promise was broken, which says nothing about whether any was proved.
 */
export const findingsOf = (record: RunRecord, verdict: RunVerdict): readonly Finding[] =>
  brokenGroups(record, verdict).map((group) => findingOf(record, verdict, group))
