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
import { type Moment, momentOf, pairsAt } from './evidence.ts'
import { inForce } from './faults.ts'
import { brokenGroups, excuseOf, type Group } from './groups.ts'
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

/** The earliest of the times at which a part was complete. */
const firstMoment = (record: RunRecord, { parts }: Group): Moment | null =>
  parts
    .flatMap(({ evidence, count }) => momentOf(record, evidence, count) ?? [])
    .reduce<Moment | null>((first, each) => (first === null || each.atNs < first.atNs ? each : first), null)

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

const findingOf = (record: RunRecord, verdict: RunVerdict, group: Group): Finding => {
  const { checker, promise } = group.verdict
  const pairs = pairsAt(
    record,
    group.parts.flatMap(({ evidence }) => evidence.operations),
  )
  const first = firstMoment(record, group)
  const faults = first?.isKnown === 'at' ? inForce(record, first.atNs) : []
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
    nodes: inNameOrder(
      pairs.flatMap(({ invocation: { node } }) => (node === undefined ? [] : clip(node, MOST_CHARACTERS))),
    ),
    excuse: excuseOf(record, verdict, group.verdict),
  }
}

/**
 * The findings of a judged run or history. Those held against the cluster come first; otherwise the order is that of the
 * checkers. Empty: no promise was broken, which says nothing about whether any was proved.
 */
export const findingsOf = (record: RunRecord, verdict: RunVerdict): readonly Finding[] =>
  brokenGroups(record, verdict).map((group) => findingOf(record, verdict, group))
