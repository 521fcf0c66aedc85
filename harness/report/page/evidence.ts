/** The evidence of each checker: its text, and the same drawn. */
import type { Evidence, Status, Verdict } from '../../api/verdict.ts'
import { visible } from '../../support/visible.ts'
import type { ReportData } from '../data.ts'
import { element } from './dom.ts'
import { evidenceId, operationsInView } from './evidence-index.ts'
import { drawView } from './views/draw.ts'
import { type Names, operationLink } from './views/names.ts'

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

const MOST_LINKS = 20

/** Operations that belong to it, and that its view does not show. */
const furtherLinks = ({ operations, view }: Evidence, names: Names): readonly HTMLElement[] => {
  const invocationsOf = (indices: readonly number[]): ReadonlySet<number> =>
    new Set(indices.map((index) => names.invocation(index)))
  const drawn = invocationsOf(view === undefined ? [] : operationsInView(view))
  const others = [...invocationsOf(operations)].filter((operation) => !drawn.has(operation))
  if (others.length === 0) return []
  const more = others.length - MOST_LINKS
  return [
    element('h3', {}, [view === undefined ? 'Its operations' : 'Further operations of it']),
    element('ul', {}, [
      ...others.slice(0, MOST_LINKS).map((operation) => element('li', {}, [operationLink(operation, names)])),
      ...(more > 0 ? [element('li', {}, [`and ${more} more, which are marked on the timeline`])] : []),
    ]),
  ]
}

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
      ...furtherLinks(evidence, names),
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
