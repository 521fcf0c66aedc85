/** A stored run that failed: what is needed to run it again, and what it found. */
import fs from 'node:fs'
import path from 'node:path'
import type { Finding, Findings } from '../../api/finding.ts'
import type { FaultRecord, RunSpec } from '../../api/record.ts'
import { findingsOf } from '../../findings/findings.ts'
import { type FileHeader, requireSchema } from '../../history/schema.ts'
import { FILES, loadRun } from '../../store/run-store.ts'
import { UserError } from '../../support/assert.ts'
import { judgeRun } from '../run/judge.ts'
import { unknownName } from '../unknown-name.ts'

export interface Recorded {
  /** Absolute. */
  readonly dir: string
  readonly spec: RunSpec
  /** All that were planned, with what became of them, earliest first. */
  readonly faults: readonly FaultRecord[]
  /** At least one; those held against the cluster, or where there are none, those that are not. */
  readonly findings: readonly [Finding, ...Finding[]]
}

/** A run of an older version has none yet, and is judged again. */
const readFindings = async (dir: string): Promise<readonly Finding[]> => {
  const file = path.join(dir, FILES.findings)
  if (!fs.existsSync(file)) {
    const { record, verdict } = await judgeRun(dir)
    return findingsOf(record, verdict)
  }
  const content = JSON.parse(fs.readFileSync(file, 'utf8')) as Findings & FileHeader
  requireSchema('findings', content.schema, file)
  return content.findings
}

/** @throws UserError if it is no run, or found nothing */
export const readRecorded = async (given: string): Promise<Recorded> => {
  const dir = path.resolve(given)
  const { record } = loadRun(dir)
  if (record.spec === null) throw new UserError(`${dir} has no spec: only a run can be repeated.`)
  const all = await readFindings(dir)
  const held = all.filter(({ excuse }) => excuse === null)
  const [first, ...others] = held.length > 0 ? held : all
  if (first === undefined)
    throw new UserError(`${dir} has no finding, so there is nothing to reproduce: give a run that failed.`)
  return { dir, spec: record.spec, faults: record.faults ?? [], findings: [first, ...others] }
}

/** Those that are asked for. @param name a fingerprint, an anomaly or a checker; absent: all @throws UserError if there is none */
export const askedFindings = (
  { findings }: Recorded,
  name: string | undefined,
): readonly [Finding, ...Finding[]] => {
  if (name === undefined) return findings
  const [first, ...others] = findings.filter((each) =>
    [each.fingerprint, each.anomaly, each.checker].includes(name),
  )
  if (first === undefined)
    throw unknownName(
      'finding of this run',
      name,
      findings.flatMap(({ anomaly, fingerprint }) => [anomaly, fingerprint]),
    )
  return [first, ...others]
}

/** The one whose evidence came first: its run can be cut short after it. */
export const earliestOf = (findings: readonly [Finding, ...Finding[]]): Finding =>
  findings.reduce((first, each) =>
    (each.firstAtNs ?? Number.POSITIVE_INFINITY) < (first.firstAtNs ?? Number.POSITIVE_INFINITY)
      ? each
      : first,
  )
