/** The data of the page, made from a run's record: plain values, and the operations as columns. Pure. */
import type { Ending, RunRecord } from '../api/record.ts'
import type { RunVerdict, Verdict } from '../api/verdict.ts'
import { NS_PER_MS } from '../support/time.ts'
import { effectsOf, type PageEffect } from './effects.ts'
import { factsOf } from './facts.ts'
import { type PageFault, pageFaults } from './faults.ts'
import { runClockOf } from './logs/run-clock.ts'
import { clocksOf, type PageClock, type PageRole, rolesOf } from './nodes.ts'
import { type OperationColumns, operationColumns } from './operations.ts'
import { rowsOf } from './rows.ts'
import { type Densities, select } from './selection.ts'

/** What the page holds as JSON. */
export interface ReportData {
  readonly title: string
  readonly subtitle: string
  readonly verdict: RunVerdict
  readonly endMs: number
  /** Labels of the lines of clients. */
  readonly rows: readonly string[]
  readonly operations: Omit<OperationColumns, 'columns'>
  /** Those that the page does not hold. */
  readonly omitted: Densities | null
  readonly faults: readonly PageFault[]
  readonly nodes: readonly string[]
  readonly roles: readonly PageRole[]
  readonly clocks: readonly PageClock[]
  readonly endings: readonly Ending[]
  readonly effects: readonly PageEffect[]
  readonly facts: readonly (readonly [string, string])[]
  readonly spec: unknown
}

export interface Report {
  readonly data: ReportData
  readonly columns: OperationColumns['columns']
}

/** More than that make a file that is slow to open. */
const MAX_OPERATIONS = 1_000_000

/** What is invalid goes before what is unknown. A valid verdict's evidence is no error. */
const focusOf = ({ verdicts }: RunVerdict): readonly number[] =>
  (['invalid', 'unknown'] as const)
    .flatMap((wanted) => verdicts.filter(({ status }) => status === wanted))
    .flatMap(({ evidence }: Verdict) => evidence.flatMap(({ operations }) => operations))

const titleOf = ({ spec }: RunRecord): Pick<ReportData, 'title' | 'subtitle'> => {
  if (spec === null) return { title: 'imported history', subtitle: '' }
  const nemeses = spec.nemeses.map(({ name }) => name).join(', ') || 'no faults'
  return {
    title: [spec.target, spec.workload].map((part) => part.split('/').at(-1)).join(' · '),
    subtitle: `${nemeses}${spec.bug === null ? '' : ` · planted bug ${spec.bug}`}`,
  }
}

/** @param mostOperations how many operations the page may hold */
export const reportData = (
  record: RunRecord,
  verdict: RunVerdict,
  mostOperations = MAX_OPERATIONS,
): Report => {
  const { pairs, spec, vocabulary } = record
  const endMs = Math.max((record.history.at(-1)?.timeNs ?? 0) / NS_PER_MS, 1e-3)
  const { labels, rowOf } = rowsOf(pairs, spec?.concurrency ?? null)
  const { shown, densities } = select(pairs, focusOf(verdict), mostOperations, {
    endMs,
    rowCount: labels.length,
    rowOf,
  })
  const { columns, ...operations } = operationColumns(shown, rowOf, vocabulary)
  const samples = record.samples ?? []
  const zeroMs = runClockOf(record)?.zeroMs ?? 0
  const data = {
    ...titleOf(record),
    verdict,
    endMs,
    rows: labels,
    operations,
    omitted: densities,
    faults: pageFaults(record.faults ?? [], endMs),
    nodes: [...new Set(samples.map(({ node }) => node))].sort(),
    roles: rolesOf(samples, endMs),
    clocks: clocksOf(samples, zeroMs),
    endings: record.facts?.endings ?? [],
    effects: effectsOf(record.services ?? {}, zeroMs),
    facts: factsOf(record),
    spec,
  }
  return { data, columns }
}
