/** The verdict for people: what was judged, the counts, the faults, the evidence. */
import path from 'node:path'
import type { FaultRecord, RunRecord } from '../../api/record.ts'
import type { RunVerdict, Status } from '../../api/verdict.ts'
import { formatDurationMs, NS_PER_MS } from '../../support/time.ts'
import type { Judged, OutputFormat } from './format.ts'

/** ANSI: green, red, yellow. */
const COLOURS: Readonly<Record<Status, number>> = { valid: 32, invalid: 31, unknown: 33 }

const coloured = (status: Status, text: string): string => `\x1b[${COLOURS[status]}m${text}\x1b[0m`

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

const indent = (text: string, by: string): string =>
  text
    .split('\n')
    .map((line) => (line === '' ? line : by + line))
    .join('\n')

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

/** Errors shown on the terminal; all are in verdict.json and the report. */
const SHOWN_ERRORS = 8

const errorLines = ({ errors = [] }: RunVerdict): readonly string[] => {
  const shown = errors.slice(0, SHOWN_ERRORS)
  const more = errors.length - shown.length
  return [
    ...shown.map(({ source, message, count, nodes }, i) => {
      const where = nodes.length === 0 ? '' : ` (${nodes.join(', ')})`
      return `  ${(i === 0 ? 'errors' : '').padEnd(10)} ${String(count).padStart(6)} × ${source}${where}: ${message}`
    }),
    ...(more > 0 ? [`  ${''.padEnd(10)} and ${more} other messages`] : []),
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

const factLines = ({ facts, spec }: RunRecord): readonly string[] => {
  if (facts === null || spec === null) return []
  const changes =
    facts.leaderChanges.length === 0
      ? 'none'
      : facts.leaderChanges.map(({ term, leader }) => `${leader} (term ${term})`).join(', ')
  return [
    `  leaders    ${facts.leaderChanges.length} changes: ${changes}`,
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

const checkerLines = ({ verdicts }: RunVerdict): readonly string[] =>
  verdicts.flatMap(({ checker, status, summary, promise }) => [
    `  ${checker.padEnd(16)} ${status.padEnd(8)} ${summary}`,
    ...(promise.text === '' ? [] : [`  ${' '.repeat(16)} promised: ${promise.text} (${promise.source})`]),
  ])

const faultLines = ({ faults }: RunVerdict, record: RunRecord): readonly string[] =>
  record.faults === null
    ? []
    : [
        `  faults     ${faults.planned} planned, ${leftOutOf(record.faults)}${faults.injected} injected, ${faults.effective} effective`,
        ...record.faults.filter(({ isLeftOut }) => !isLeftOut).map(faultLine),
      ]

const evidenceLines = ({ verdict, folder }: Judged): readonly string[] =>
  verdict.verdicts
    .flatMap(({ evidence }) => evidence)
    .flatMap(({ title, text, page }) => [
      '',
      `  ${title}`,
      '',
      indent(text, '    '),
      ...(folder === undefined || page === undefined
        ? []
        : ['', `    interactive page: ${path.join(folder, page.file)}`]),
    ])

export const text: OutputFormat = {
  name: 'text',
  description: 'for people',
  render: (judged, { isTerminal }) => {
    const { verdict, record, reportFile } = judged
    const { counts, status } = verdict
    const word = status.toUpperCase()
    const lines = [
      `${isTerminal ? coloured(status, word) : word}  ${verdict.summary}`,
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
    if (reportFile !== undefined) lines.push(`  report     ${reportFile}`)
    return `${lines.join('\n')}\n`
  },
}
