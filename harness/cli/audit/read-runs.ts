/** Stored runs, as an audit reads them. */
import fs from 'node:fs'
import path from 'node:path'
import { standing } from '../../../workloads/standing.ts'
import type { FaultModel } from '../../api/claims.ts'
import type { RunRecord } from '../../api/record.ts'
import type { RunVerdict } from '../../api/verdict.ts'
import type { AuditedRun, FaultsMet, Told } from '../../audit/run.ts'
import { FILES, loadBesides, readVerdict } from '../../store/run-store.ts'
import { UserError } from '../../support/assert.ts'
import { findWorkload } from '../run/find-workload.ts'
import { defaultsOf } from '../run/options.ts'
import { readProgress, SUITE_FILES } from '../suite/files.ts'

const isRun = (dir: string): boolean => fs.existsSync(path.join(dir, FILES.run))

const foldersIn = (dir: string): readonly string[] =>
  fs
    .readdirSync(dir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => path.join(dir, name))

/**
 * The folders of runs that are meant by a path: a run, a suite's folder, or a folder of results.
 *
 * @throws UserError if it holds none
 */
export const runsAt = (given: string): readonly string[] => {
  if (!fs.existsSync(given)) throw new UserError(`There is no folder ${given}.`)
  const found = isRun(given)
    ? [given]
    : fs.existsSync(path.join(given, SUITE_FILES.progress))
      ? readProgress(given).flatMap(({ runDir }) => (runDir === null || !isRun(runDir) ? [] : [runDir]))
      : foldersIn(given).flatMap((dir) => (isRun(dir) ? [dir] : foldersIn(dir).filter(isRun)))
  if (found.length > 0) return found
  throw new UserError(`${given} holds no run: give the folder of a run, of a suite, or of results.`)
}

const faultsOf = ({ faults }: RunRecord, { impact }: RunVerdict): ReadonlyMap<FaultModel, FaultsMet> => {
  const met = new Map<FaultModel, { faults: number; operations: number }>()
  const kinds = new Set<string>()
  for (const { planned, effective } of faults ?? []) {
    if (!effective) continue
    const known = met.get(planned.model) ?? { faults: 0, operations: 0 }
    met.set(planned.model, known)
    known.faults++
    const use = kinds.has(planned.kind) ? undefined : impact?.use?.[planned.kind]
    kinds.add(planned.kind)
    for (const counts of [use?.during ?? {}, use?.after ?? {}])
      for (const count of Object.values(counts)) known.operations += count
  }
  return met
}

const toldBy = ({ samples }: RunRecord): ReadonlySet<Told> => {
  const told = new Set<Told>()
  for (const { status } of samples ?? []) {
    if (status?.term !== undefined) told.add('term')
    if (status?.digest !== undefined) told.add('digest')
    if (status?.members !== undefined) told.add('members')
    if ((status?.decisions ?? []).length > 0) told.add('decisions')
  }
  return told
}

const leadersIn = ({ samples }: RunRecord): number =>
  new Set((samples ?? []).flatMap(({ node, status }) => (status?.role === 'leader' ? [node] : []))).size

const STANDING: ReadonlySet<string> = new Set(standing.map(({ name }) => name))

/** Null: it has no verdict, or is no run of this target. @param target as `RunSpec` has it */
export const auditedRun = async (dir: string, target: string): Promise<AuditedRun | null> => {
  const verdict = readVerdict(dir)
  if (verdict === null) return null
  const record = loadBesides(dir)
  const { spec, claims } = record
  if (spec === null || claims === null || spec.target !== target || spec.bug !== null) return null
  const workload = await findWorkload(spec.workload)
  const own = workload.checkers({ ...defaultsOf(workload.options), ...spec.workloadOptions })
  const recoveries = verdict.impact?.recoveries ?? []
  return {
    dir,
    workload: workload.name,
    vocabulary: workload.vocabulary.name,
    shows: workload.vocabulary.shows ?? [],
    status: verdict.status,
    isOutsideClaims: verdict.outsideClaims,
    isExpected: spec.expect !== null,
    claims,
    nodes: spec.nodes,
    judgements: verdict.verdicts.map(({ checker, status, summary }) => ({ checker, status, summary })),
    own: own.map(({ name }) => name).filter((name) => !STANDING.has(name)),
    operations: verdict.counts.ok,
    faults: faultsOf(record, verdict),
    recovered: {
      faults: recoveries.length,
      served: recoveries.filter(({ firstOkMs }) => firstOkMs !== null).length,
    },
    told: toldBy(record),
    leaders: leadersIn(record),
  }
}
