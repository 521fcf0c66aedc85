/**
 * The verdict as Markdown (GitHub's dialect), for a pull request or a job summary.
 *
 * The picture of the window is a file beside the verdict and is linked, not embedded: job summaries show neither inline SVG,
 * nor data URIs, nor files of the workspace, and a broken picture would stand where the answer should. The steps in the code
 * block say the same, with the faults in force.
 */
import path from 'node:path'
import type { Verdict } from '../../api/verdict.ts'
import { firstEvidence } from '../../findings/groups.ts'
import { headlineOf } from '../../findings/headline.ts'
import { stepsOf } from '../../findings/steps.ts'
import { FILES } from '../../store/run-store.ts'
import { clip, visible } from '../../support/visible.ts'
import type { Judged, OutputFormat } from './format.ts'
import { MOST_CHARACTERS, plain } from './markdown-text.ts'
import { stepLines } from './steps-text.ts'

/** A code block that the text cannot close: its fence is longer than any run of backticks in it. */
const block = (lines: readonly string[], language = ''): readonly string[] => {
  const content = lines
    .flatMap((line) => line.split('\n'))
    .map((line) => clip(visible(line), MOST_CHARACTERS))
  const longest = Math.max(
    2,
    ...content.flatMap((line) => (line.match(/`+/g) ?? []).map(({ length }) => length)),
  )
  const fence = '`'.repeat(longest + 1)
  return [`${fence}${language}`, ...content, fence]
}

const linkTo = (folder: string, file: string): string =>
  path
    .relative('.', path.resolve(folder, file))
    .split(path.sep)
    .map(encodeURIComponent)
    .join('/')
    .replace(/[()]/g, escape)

const stepsPart = ({ record, verdict, folder }: Judged): readonly string[] => {
  const steps = stepsOf(record, verdict)
  if (steps === null) return []
  const picture =
    folder === undefined ? [] : [`[Picture of this window](${linkTo(folder, FILES.window)})`, '']
  return ['### Step by step', '', ...block(stepLines(steps), 'text'), '', ...picture]
}

/** The evidence that the sentence is about; all is in the report. */
const diagramPart = ({ record, verdict }: Judged): readonly string[] => {
  const first = firstEvidence(record, verdict)
  if (first === undefined) return []
  return [`### ${plain(first.title)}`, '', ...block(first.text.split('\n').slice(0, MOST_LINES), 'text'), '']
}

const MOST_LINES = 60

const row = ({ checker, status, promise, summary }: Verdict): string => {
  const promised = promise.text === '' ? '' : `${plain(promise.text)} (${plain(promise.source)})`
  return `| ${plain(checker)} | ${status === 'valid' ? status : `**${status}**`} | ${promised} | ${plain(summary)} |`
}

const tablePart = ({ verdict: { verdicts } }: Judged): readonly string[] =>
  verdicts.length === 0
    ? []
    : ['| checker | verdict | promise | result |', '| --- | --- | --- | --- |', ...verdicts.map(row), '']

const errorPart = ({ verdict: { errors = [] } }: Judged): readonly string[] =>
  errors.length === 0
    ? []
    : [
        '### Errors',
        '',
        ...block(
          errors
            .slice(0, 8)
            .map(({ count, source, message }) => `${String(count).padStart(6)} × ${source}: ${message}`),
          'text',
        ),
        '',
      ]

const againPart = ({ record, again, reportFile }: Judged): readonly string[] => [
  ...(again === undefined ? [] : ['### Run it again', '', ...block([again], 'sh'), '']),
  ...(record.spec === null
    ? []
    : [`Seed ${record.spec.seed}, faultline ${plain(record.faultline ?? 'unknown')}.`, '']),
  ...(reportFile === undefined ? [] : [`[Report](${linkTo('.', reportFile)})`, '']),
]

export const markdown: OutputFormat = {
  name: 'markdown',
  description: 'for a pull request or a job summary',
  render: (judged) => {
    const { record, verdict } = judged
    const lines = [
      `## ${verdict.status.toUpperCase()}`,
      '',
      plain(headlineOf(record, verdict)),
      '',
      ...stepsPart(judged),
      ...diagramPart(judged),
      ...tablePart(judged),
      ...errorPart(judged),
      ...(verdict.notes.length === 0
        ? []
        : ['### Not checked, or assumed', '', ...verdict.notes.map((note) => `- ${plain(note)}`), '']),
      ...againPart(judged),
    ]
    return `${lines.join('\n').trimEnd()}\n`
  },
}
