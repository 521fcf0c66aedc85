/**
 * The findings of a verdict: one for each way in which a promise was broken, with a fingerprint by which a later run
 * recognises it.
 */
import crypto from 'node:crypto'
import type { Finding } from '../api/finding.ts'
import type { RunRecord } from '../api/record.ts'
import type { RunVerdict } from '../api/verdict.ts'
import { maskMessage } from '../support/mask.ts'
import { inNameOrder } from '../support/names.ts'
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
  const parts = [targetName(record), verdict.checker, maskMessage(verdict.promise.text), anomaly, kind]
  return crypto.createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16)
}

/** The earliest of the times at which a part was complete. */
const firstMoment = (record: RunRecord, { parts }: Group): Moment | null =>
  parts
    .flatMap(({ evidence, count }) => momentOf(record, evidence, count) ?? [])
    .reduce<Moment | null>((first, each) => (first === null || each.atNs < first.atNs ? each : first), null)

const findingOf = (record: RunRecord, verdict: RunVerdict, group: Group): Finding => {
  const { checker, promise } = group.verdict
  const operations = [...new Set(group.parts.flatMap(({ evidence }) => evidence.operations))]
  const nodes = pairsAt(record, operations).flatMap(({ invocation }) => invocation.node ?? [])
  const firstAtNs = firstMoment(record, group)?.atNs ?? null
  return {
    fingerprint: fingerprintOf(record, group),
    checker,
    promise: promise.text,
    source: promise.source,
    anomaly: group.anomaly ?? group.kind ?? checker,
    sentence: sentenceOf(record, group, firstAtNs),
    count: group.parts.reduce((sum, { count }) => sum + count, 0),
    operations,
    firstAtNs,
    faults: firstAtNs === null ? [] : inForce(record, firstAtNs).map(({ planned }) => planned.id),
    nodes: inNameOrder(nodes),
    excuse: excuseOf(record, verdict, group.verdict),
  }
}

/**
 * The findings of a judged run or history. Those held against the cluster come first; otherwise the order is that of the
 * checkers. Empty: no promise was broken, which says nothing about whether any was proved.
 */
export const findingsOf = (record: RunRecord, verdict: RunVerdict): readonly Finding[] =>
  brokenGroups(record, verdict).map((group) => findingOf(record, verdict, group))
