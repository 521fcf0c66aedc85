/** The verdict for people: what was judged, the counts, the faults, the evidence. */
import type { FaultRecord, RunRecord } from '../../api/record.ts'
import type { RunVerdict } from '../../api/verdict.ts'
import { formatDurationMs, NS_PER_MS } from '../../support/time.ts'
import type { OutputFormat } from './format.ts'
import { checkerLines, errorLines, evidenceLines, printed, statusWord } from './sections.ts'

const faultLine = (fault: FaultRecord): string => {
  const effect =
    (fault.effects.findLast(({ effective }) => effective) ?? fault.effects.at(-1))?.summary ??
    fault.error ??
    'not injected'
  return `    ${fault.effective ? 'effective' : 'no effect'}  ${fault.planned.id.padEnd(13)} ${effect}`
}

/** How many were left out so that the cluster could serve. */
const leftOutOf = (faults: readonly FaultRecord[]): string => {
  const count = faults.filter(({ isLeftOut }) => isLeftOut).length
  return count === 0 ? '' : `${count} left out while the cluster had served too little, `
}

/** The worst value of each measure. The values of each heal are in verdict.json and the report. */
const impactLines = ({ impact }: RunVerdict): readonly string[] => {
  if (impact === null || impact === undefined) return []
  const worstOf = (part: 'firstOkMs' | 'readyMs' | 'rateBackMs'): string => {
    const known = impact.recoveries.map((recovery) => recovery[part]).filter((ms) => ms !== null)
    return known.length === 0 ? 'never seen' : formatDurationMs(Math.max(...known))
  }
  const [kind, longestMs] =
    Object.entries(impact.longestUnavailabilityMs).toSorted((a, b) => b[1] - a[1])[0] ?? []
  const longest =
    longestMs === undefined ? '' : `; longest time without an ok ${formatDurationMs(longestMs)} (${kind})`
  return [
    `  recovery   longest after a heal: first ok ${worstOf('firstOkMs')}, all ready ${worstOf('readyMs')}, rate back ${worstOf('rateBackMs')}${longest}`,
  ]
}

/** How often minorities and majorities did what, over all partitions. */
const sideLines = ({ impact }: RunVerdict): readonly string[] => {
  const sides = (impact?.sides ?? []).flatMap((each) => each.sides)
  const kinds = Map.groupBy(
    sides,
    ({ isMajority, behaviour }) => `${isMajority ? 'majority' : 'minority'} ${behaviour}`,
  )
  const counts = [...kinds].map(([kind, some]) => `${kind} (${some.length})`).sort()
  return counts.length === 0 ? [] : [`  sides      ${counts.join(', ')}`]
}

/** The operations acknowledged around the faults. */
const useLines = ({ impact }: RunVerdict): readonly string[] => {
  const uses = Object.values(impact?.use ?? {})
  if (uses.length === 0) return []
  const sum = (part: 'during' | 'after'): number =>
    uses.flatMap((use) => Object.values(use[part])).reduce((a, b) => a + b, 0)
  const count = (part: 'faults' | 'used'): number => uses.reduce((total, use) => total + use[part], 0)
  return [
    `  use        ${count('used')} of ${count('faults')} effective faults with acknowledged operations: ${sum('during')} during them, ${sum('after')} between a heal and the next fault`,
  ]
}

/** Changes of the leader shown on the terminal. */
const SHOWN_CHANGES = 20

const factLines = ({ facts, spec }: RunRecord): readonly string[] => {
  if (facts === null || spec === null) return []
  const { leaderChanges, leaderChangesLeftOut = 0 } = facts
  const count = leaderChanges.length + leaderChangesLeftOut
  const shown = leaderChanges.slice(0, SHOWN_CHANGES)
  const changes = shown.map(({ term, leader }) => `${leader} (term ${term})`).join(', ')
  const rest = count === shown.length ? '' : ` and ${count - shown.length} more`
  return [
    `  leaders    ${count} changes: ${count === 0 ? 'none' : changes}${rest}`,
    `  harness    event-loop delay p99 ${facts.eventLoopDelayMs.p99} ms, max ${facts.eventLoopDelayMs.max} ms (delays only make operations look longer)`,
  ]
}

/** Endings shown on the terminal; all are in run.json and the report. */
const SHOWN_ENDINGS = 8

const endingLines = ({ facts }: RunRecord): readonly string[] => {
  const endings = facts?.endings ?? []
  const more = endings.length - SHOWN_ENDINGS
  return [
    ...endings.slice(0, SHOWN_ENDINGS).map(({ node, process, exit, timeNs, lastWords }, i) => {
      const said = lastWords === '' ? '' : `: ${lastWords.split('\n').at(-1)}`
      const at = formatDurationMs(timeNs / NS_PER_MS)
      return `  ${(i === 0 ? 'ended' : '').padEnd(10)} ${process} of ${node} ended by itself at ${at} (${exit})${said}`
    }),
    ...(more > 0 ? [`  ${''.padEnd(10)} and ${more} more`] : []),
  ]
}

/** Faults shown on the terminal: those of a run of some minutes. All are in faults.jsonl and the report. */
const SHOWN_FAULTS = 50

const faultLines = ({ faults }: RunVerdict, record: RunRecord): readonly string[] => {
  if (record.faults === null) return []
  const all = record.faults.filter(({ isLeftOut }) => !isLeftOut)
  const more = all.length - SHOWN_FAULTS
  return [
    `  faults     ${faults.planned} planned, ${leftOutOf(record.faults)}${faults.injected} injected, ${faults.effective} effective`,
    ...all.slice(0, SHOWN_FAULTS).map(faultLine),
    ...(more > 0 ? [`    and ${more} more`] : []),
  ]
}

export const text: OutputFormat = {
  name: 'text',
  description: 'for people',
  render: (judged, { isTerminal }) => {
    const { verdict, record, reportFile, again } = judged
    const { counts, status } = verdict
    const lines = [
      `  ${verdict.summary}`,
      '',
      ...checkerLines(verdict),
      '',
      `  operations ${counts.ok} ok, ${counts.fail} fail, ${counts.info} info`,
      ...faultLines(verdict, record),
      ...useLines(verdict),
      ...impactLines(verdict),
      ...sideLines(verdict),
      ...factLines(record),
      ...endingLines(record),
      ...errorLines(verdict),
      ...evidenceLines(judged),
      ...verdict.notes.flatMap((note) => ['', `  note: ${note}`]),
    ]
    if (record.spec !== null)
      lines.push('', `  seed       ${record.spec.seed} (faultline ${record.faultline ?? 'unknown'})`)
    if (again !== undefined) lines.push(`  again      ${again}`)
    if (reportFile !== undefined) lines.push(`  report     ${reportFile}`)
    return `${statusWord(status, isTerminal)}${printed(lines)}`
  },
}
