/** Verdicts as text. */
import path from 'node:path'
import type { FaultRecord, RunRecord } from '../../api/record.ts'
import type { RunVerdict, Status } from '../../api/verdict.ts'
import { formatDurationMs } from '../../support/time.ts'

export const EXIT_CODES: Readonly<Record<Status, number>> = { valid: 0, invalid: 1, unknown: 2 }

const colour = (status: Status, text: string): string => {
  if (process.stdout.isTTY !== true) return text
  return `\x1b[${{ valid: 32, invalid: 31, unknown: 33 }[status]}m${text}\x1b[0m`
}

const faultLine = (fault: FaultRecord): string => {
  const effect =
    (fault.effects.findLast(({ bit }) => bit) ?? fault.effects.at(-1))?.summary ??
    fault.error ??
    'not injected'
  return `    ${fault.bit ? 'bit ' : 'idle'}  ${fault.planned.id.padEnd(13)} ${effect}`
}

const indent = (text: string, by: string): string =>
  text
    .split('\n')
    .map((line) => (line === '' ? line : by + line))
    .join('\n')

export interface Printed {
  readonly verdict: RunVerdict
  readonly record: RunRecord
  readonly notes: readonly string[]
  readonly folder?: string
  readonly reportFile?: string
}

/** The worst of each measure; each heal's own are in verdict.json and the report. */
const impactLines = ({ impact }: RunVerdict): readonly string[] => {
  if (impact === null || impact === undefined) return []
  const worstOf = (part: 'firstOkMs' | 'readyMs' | 'rateBackMs'): string => {
    const known = impact.recoveries.map((recovery) => recovery[part]).filter((ms) => ms !== null)
    return known.length === 0 ? 'never seen' : formatDurationMs(Math.max(...known))
  }
  const [kind, longestMs] =
    Object.entries(impact.longestUnavailabilityMs).toSorted((a, b) => b[1] - a[1])[0] ?? []
  const longest =
    longestMs === undefined ? '' : `; longest without an ok ${formatDurationMs(longestMs)} (${kind})`
  return [
    `  recovery   after heals at most: first ok ${worstOf('firstOkMs')}, all ready ${worstOf('readyMs')}, rate back ${worstOf('rateBackMs')}${longest}`,
  ]
}

const factLines = ({ facts, spec }: RunRecord): readonly string[] => {
  if (facts === null || spec === null) return []
  const changes =
    facts.leaderChanges.length === 0
      ? 'none'
      : facts.leaderChanges.map(({ term, leader }) => `${leader} (term ${term})`).join(', ')
  return [
    `  leaders    ${facts.leaderChanges.length} changes: ${changes}`,
    `  harness    event-loop delay p99 ${facts.eventLoopDelayMs.p99} ms, max ${facts.eventLoopDelayMs.max} ms (it only widens intervals)`,
  ]
}

/** The verdict, what was judged, the counts, the faults, the evidence. */
export const formatVerdict = ({ verdict, record, notes, folder, reportFile }: Printed): string => {
  const { counts, faults } = verdict
  const lines = [`${colour(verdict.status, verdict.status.toUpperCase())}  ${verdict.summary}`, '']
  for (const each of verdict.verdicts) {
    lines.push(`  ${each.checker.padEnd(16)} ${each.status.padEnd(8)} ${each.summary}`)
    if (each.promise.text !== '')
      lines.push(`  ${' '.repeat(16)} promised: ${each.promise.text} (${each.promise.source})`)
  }
  lines.push('', `  operations ${counts.ok} ok, ${counts.fail} fail, ${counts.info} info`)
  if (record.faults !== null) {
    lines.push(`  faults     ${faults.planned} planned, ${faults.injected} injected, ${faults.bit} bit`)
    lines.push(...record.faults.map(faultLine))
  }
  lines.push(...impactLines(verdict), ...factLines(record))
  for (const evidence of verdict.verdicts.flatMap((each) => each.evidence)) {
    lines.push('', `  ${evidence.title}`, '', indent(evidence.text, '    '))
    if (folder !== undefined && evidence.page !== undefined)
      lines.push('', `    look around in ${path.join(folder, evidence.page.file)}`)
  }
  for (const note of notes) lines.push('', `  note: ${note}`)
  if (record.spec !== null)
    lines.push('', `  seed       ${record.spec.seed} (faultline ${record.faultline ?? 'unknown'})`)
  if (reportFile !== undefined) lines.push(`  report     ${reportFile}`)
  return `${lines.join('\n')}\n`
}
