/** The evidence of each checker: its text, and the same drawn. */
import type { Evidence, Status, Verdict } from '../../api/verdict.ts'
import { visible } from '../../support/visible.ts'
import type { ReportData } from '../data.ts'
import { element } from './dom.ts'
import { evidenceId } from './evidence-index.ts'
import { drawView } from './views/draw.ts'
import type { Names } from './views/names.ts'

/** What the evidence of a verdict is called. A valid run has no counterexample. */
const HEADINGS = { invalid: 'Counterexample', unknown: 'Not proved', valid: 'Seen' } as const

const linkToPage = ({ page }: Evidence): readonly HTMLElement[] =>
  page === undefined
    ? []
    : [
        element('p', {}, [
          element('a', { href: page.file }, ['all operations on it, with the longest partial order']),
        ]),
      ]

const sectionOf = (
  { checker, status }: Verdict,
  evidence: Evidence,
  number: number,
  names: Names,
): HTMLElement => {
  const { title, text, anomaly, view } = evidence
  const name = anomaly === undefined ? '' : ` (${anomaly})`
  return element('section', { id: evidenceId(checker, number), class: `finding ${status}` }, [
    element('h2', {}, [visible(`${HEADINGS[status]}: ${title}${name}`)]),
    ...linkToPage(evidence),
    element('div', { class: 'panel' }, [
      element('pre', { class: 'evidence', tabindex: '0' }, [visible(text)]),
      ...(view === undefined ? [] : [drawView(view, names)]),
    ]),
  ])
}

/** Evidence with one of these statuses, of all checkers. */
export const evidence = (
  { verdict }: ReportData,
  names: Names,
  ...wanted: readonly Status[]
): readonly HTMLElement[] =>
  verdict.verdicts
    .filter(({ status }) => wanted.includes(status))
    .flatMap((each) => each.evidence.map((piece, i) => sectionOf(each, piece, i, names)))

/** The operations of each piece of evidence of what is invalid, else of what is unknown: indices into the history. */
export const marked = ({ verdict: { verdicts } }: ReportData): readonly (readonly number[])[] => {
  const invalid = verdicts.filter(({ status }) => status === 'invalid')
  const chosen = invalid.length > 0 ? invalid : verdicts.filter(({ status }) => status === 'unknown')
  return chosen.flatMap((verdict) => verdict.evidence.map(({ operations }) => operations))
}
