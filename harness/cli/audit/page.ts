/** An audit card as a page. */
import path from 'node:path'
import { COMMUNICATION_QUESTIONS, GOVERNANCE_QUESTIONS, PROTOCOL_QUESTIONS } from '../../audit/answers.ts'
import type { AuditCard } from '../../audit/card.ts'
import type { ClaimResult } from '../../audit/claims.ts'
import { type Dimension, WEIGHTS } from '../../audit/dimensions.ts'
import { FILES } from '../../store/run-store.ts'
import { encodedPath, escaped, htmlPage, link, tableOf, tableRow } from '../html.ts'
import { faultsText } from './text.ts'

const STYLE = `
td b{color:var(--status)}
meter{width:120px}
.grade{font-size:1.4em}
`

const TONES = { held: 'valid', broken: 'invalid', 'not shown': 'unknown' } as const

const runLinks = (dirs: readonly string[], from: string): string =>
  dirs
    .map((dir, at) => link(encodedPath(path.relative(from, path.join(dir, FILES.report))), `run ${at + 1}`))
    .join(' ')

const claimRow = (result: ClaimResult, from: string): string => {
  const { claim, status, operations, runs, toShow } = result
  const shown = toShow === null ? `${operations} operations` : `it takes ${toShow}`
  return tableRow(
    [
      `<b>${status}</b>`,
      escaped(claim),
      escaped(shown),
      status === 'not shown' ? '' : escaped(faultsText(result)),
      runLinks(runs, from),
    ],
    TONES[status],
  )
}

const toneOf = ({ value, broken }: Dimension): 'valid' | 'invalid' | 'unknown' => {
  if (broken !== null) return 'invalid'
  return value === 1 ? 'valid' : 'unknown'
}

const dimensionRow = (dimension: Dimension, from: string): string => {
  const { name, value, parts, broken } = dimension
  const texts = parts.map(({ what, share, runs }) => {
    const mark = share === 1 ? '' : share === 0 ? '<b>not shown: </b>' : `${Math.round(100 * share)} % of `
    return `${mark}${escaped(what)} ${runLinks(runs.slice(0, 3), from)}`
  })
  const broke =
    broken === null ? [] : [`<b>broken: </b>${escaped(broken.what)} ${runLinks(broken.runs, from)}`]
  return tableRow(
    [
      escaped(name),
      `<b>${value.toFixed(2)}</b> <meter min="0" max="1" value="${value.toFixed(2)}"></meter>`,
      WEIGHTS[name].toFixed(2),
      [...broke, ...texts].join('<br>'),
    ],
    toneOf(dimension),
  )
}

const answerRows = ({ answers }: AuditCard): readonly string[] =>
  (
    [
      [PROTOCOL_QUESTIONS, answers.protocol],
      [GOVERNANCE_QUESTIONS, answers.governance],
      [COMMUNICATION_QUESTIONS, answers.communication],
    ] as const
  ).flatMap(([questions, given]) =>
    Object.entries(questions).map(([name, question]) => {
      const answer = (given as Readonly<Record<string, string>>)[name]
      return tableRow(
        [escaped(question), answer === undefined ? '<b>not answered</b>' : escaped(answer)],
        answer === undefined ? 'unknown' : 'valid',
      )
    }),
  )

const extreme = (what: string, found: AuditCard['weakestThatBroke'], from: string): string =>
  `<p>${what}: ${found === null ? 'none' : `${escaped(found.strength)}, ${runLinks([found.run], from)}`}</p>`

const GRADES = {
  strong: 'valid',
  'usable, with review': 'unknown',
  partial: 'unknown',
  'high risk': 'invalid',
} as const

/** @param dir the folder of the page: links lead from there to the reports of runs */
export const cardPage = (card: AuditCard, dir: string): string =>
  htmlPage({
    title: `Audit of ${card.target}: ${card.grade}`,
    style: STYLE,
    policy: "default-src 'none'; style-src 'unsafe-inline'",
    body: [
      `<h1 class="${GRADES[card.grade]}"><b>${escaped(card.target)}: ${card.grade}</b></h1>`,
      `<p class="grade">score ${card.score.toFixed(1)}, risk ${card.risk.toFixed(1)}, from ${card.runs.length} runs</p>`,
      extreme('The weakest fault with which something broke', card.weakestThatBroke, dir),
      extreme('The strongest fault with which nothing broke', card.strongestThatDidNot, dir),
      '<h2>Claims</h2>',
      tableOf(
        ['', 'claim', 'shown by', 'faults that took effect', 'runs'],
        card.claims.map((each) => claimRow(each, dir)),
      ),
      '<h2>Dimensions</h2>',
      tableOf(
        ['dimension', 'value', 'weight', 'parts'],
        card.dimensions.map((each) => dimensionRow(each, dir)),
      ),
      '<h2>What its makers say</h2>',
      tableOf(['question', 'answer'], answerRows(card)),
    ].join('\n'),
  })
