/** Parts of a verdict as lines of text, which the text format and `faultline show` share. */
import path from 'node:path'
import type { RunVerdict, Status } from '../../api/verdict.ts'
import { clip, visible } from '../../support/visible.ts'
import type { Judged } from './format.ts'

/** ANSI: green, red, yellow. */
const COLOURS: Readonly<Record<Status, number>> = { valid: 32, invalid: 31, unknown: 33 }

/** The verdict in one word. @param isTerminal only a terminal has colours */
export const statusWord = (status: Status, isTerminal: boolean): string => {
  const word = status.toUpperCase()
  return isTerminal ? `\x1b[${COLOURS[status]}m${word}\x1b[0m` : word
}

/** A line of a log may be a megabyte long. */
const MOST_CHARACTERS = 2000

/**
 * Lines as they may be printed, the last one with its line feed. What came from a cluster can neither control the terminal
 * nor fill it with one line.
 */
export const printed = (lines: readonly string[]): string =>
  lines
    .flatMap((line) => line.split('\n'))
    .map((line) => `${clip(visible(line), MOST_CHARACTERS)}\n`)
    .join('')

const indent = (text: string, by: string): string =>
  text
    .split('\n')
    .map((line) => (line === '' ? line : by + line))
    .join('\n')

/** The most frequent errors; all are in verdict.json and the report. */
export const errorLines = ({ errors = [] }: RunVerdict, most = 8): readonly string[] => {
  const shown = errors.slice(0, most)
  const more = errors.length - shown.length
  return [
    ...shown.map(({ source, message, count, nodes }, i) => {
      const where = nodes.length === 0 ? '' : ` (${nodes.join(', ')})`
      return `  ${(i === 0 ? 'errors' : '').padEnd(10)} ${String(count).padStart(6)} × ${source}${where}: ${message}`
    }),
    ...(more > 0 ? [`  ${''.padEnd(10)} and ${more} other messages`] : []),
  ]
}

export const checkerLines = ({ verdicts }: RunVerdict): readonly string[] =>
  verdicts.flatMap(({ checker, status, summary, promise }) => [
    `  ${checker.padEnd(16)} ${status.padEnd(8)} ${summary}`,
    ...(promise.text === '' ? [] : [`  ${' '.repeat(16)} promised: ${promise.text} (${promise.source})`]),
  ])

export const evidenceLines = ({ verdict, folder }: Judged): readonly string[] =>
  verdict.verdicts
    .flatMap(({ evidence }) => evidence)
    .filter(({ isRecord }) => isRecord !== true)
    .flatMap(({ title, text, page }) => [
      '',
      `  ${title}`,
      '',
      indent(text, '    '),
      ...(folder === undefined || page === undefined
        ? []
        : ['', `    interactive page: ${path.join(folder, page.file)}`]),
    ])
