/** What a run found, for a terminal: the answer first, then the evidence step by step, and what was not checked. */
import { headlineOf } from '../../findings/headline.ts'
import { stepsOf } from '../../findings/steps.ts'
import type { Judged } from './format.ts'
import { checkerLines, errorLines, evidenceLines, printed, statusWord } from './sections.ts'
import { stepLines } from './steps-text.ts'

const section = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : ['', title, '', ...lines]

const stepSection = ({ record, verdict }: Judged): readonly string[] => {
  const steps = stepsOf(record, verdict)
  return steps === null
    ? []
    : section(
        `Step by step: ${steps.title}`,
        stepLines(steps).map((line) => `  ${line}`),
      )
}

/** Checkers that could not decide, and the notes. */
const notChecked = ({ verdict: { verdicts, notes } }: Judged): readonly string[] => [
  ...verdicts
    .filter(({ status }) => status === 'unknown')
    .map(({ checker, summary }) => `  ${checker}: ${summary}`),
  ...notes.map((note) => `  ${note}`),
]

const MOST_ERRORS = 20

const againLines = ({ record: { spec, faultline }, again, reportFile }: Judged): readonly string[] => [
  ...(again === undefined ? [] : [`  ${again}`]),
  ...(spec === null ? [] : [`  seed ${spec.seed}, faultline ${faultline ?? 'unknown'}`]),
  ...(reportFile === undefined ? [] : [`  report: ${reportFile}`]),
]

/** @param isTerminal only a terminal has colours */
export const showText = (judged: Judged, isTerminal: boolean): string => {
  const { record, verdict } = judged
  const lines = [
    `  ${headlineOf(record, verdict)}`,
    ...stepSection(judged),
    ...section('Evidence', evidenceLines(judged).slice(1)),
    ...section('Verdicts', checkerLines(verdict)),
    ...section('Not checked, or assumed', notChecked(judged)),
    ...section('Errors', errorLines(verdict, MOST_ERRORS)),
    ...section('Run it again', againLines(judged)),
  ]
  return `${statusWord(verdict.status, isTerminal)}${printed(lines)}`
}
