/** The page: the answer, the evidence, the timeline, and what else a reader needs. */
import type { Verdict } from '../../api/verdict.ts'
import type { ReportData } from '../data.ts'
import { element } from './dom.ts'
import { History } from './history.ts'
import * as sections from './sections.ts'
import { unpack } from './unpack.ts'
import { Workbench } from './workbench.ts'

const header = ({ verdict, title, subtitle }: ReportData): HTMLElement =>
  element('header', { class: verdict.status }, [
    element('h1', {}, [
      element('span', { class: 'status', id: 'status' }, [verdict.status]),
      ' ',
      element('span', { class: 'title' }, [`${title}${subtitle === '' ? '' : ` · ${subtitle}`}`]),
    ]),
    element('p', { id: 'story' }, [verdict.summary]),
  ])

const counts = ({ verdict: { counts: c, faults }, endMs }: ReportData): HTMLElement => {
  const card = (value: number | string, label: string): HTMLElement =>
    element('div', {}, [element('b', {}, [String(value)]), element('span', {}, [label])])
  return element('div', { class: 'counts' }, [
    card(c.ok, 'ok'),
    card(c.fail, 'fail: never happened'),
    card(c.info, 'info: may have happened'),
    card(`${faults.effective} of ${faults.planned}`, 'faults effective'),
    card(`${(endMs / 1000).toFixed(1)} s`, 'duration'),
  ])
}

/** What was assumed, or not judged. */
const notes = ({ verdict }: ReportData): readonly HTMLElement[] =>
  verdict.notes.length === 0
    ? []
    : [
        element('h2', {}, ['What was assumed, left out or not judged']),
        element(
          'ul',
          { id: 'notes' },
          verdict.notes.map((note) => element('li', {}, [note])),
        ),
      ]

/** What the evidence of a verdict is called. A valid run has no counterexample. */
const HEADINGS = { invalid: 'Counterexample', unknown: 'Not proved', valid: 'Seen' } as const

const evidenceOf = ({ checker, status, evidence }: Verdict): readonly HTMLElement[] =>
  evidence.map(({ title, text, page }, i) =>
    element('section', { id: `evidence-${checker}-${i}`, class: `finding ${status}` }, [
      element('h2', {}, [`${HEADINGS[status]}: ${title}`]),
      ...(page === undefined
        ? []
        : [
            element('p', {}, [
              element('a', { href: page.file }, ['all operations on it, with the longest partial order']),
            ]),
          ]),
      element('div', { class: 'panel' }, [element('pre', { class: 'evidence', tabindex: '0' }, [text])]),
    ]),
  )

/** Evidence with this status, of all checkers. */
const evidence = ({ verdict }: ReportData, ...wanted: readonly Verdict['status'][]): readonly HTMLElement[] =>
  verdict.verdicts.filter(({ status }) => wanted.includes(status)).flatMap(evidenceOf)

const shown = (all: readonly sections.Section[]): readonly HTMLElement[] =>
  all.map(({ title, content }) => element('section', {}, [element('h2', {}, [title]), ...content]))

/** The operations of each piece of evidence of what is invalid, else of what is unknown: indices into the history. */
const marked = ({ verdict: { verdicts } }: ReportData): readonly (readonly number[])[] => {
  const invalid = verdicts.filter(({ status }) => status === 'invalid')
  const chosen = invalid.length > 0 ? invalid : verdicts.filter(({ status }) => status === 'unknown')
  return chosen.flatMap((verdict) => verdict.evidence.map(({ operations }) => operations))
}

const show = async (page: HTMLElement): Promise<void> => {
  const data = JSON.parse(new TextDecoder().decode(await unpack('data'))) as ReportData
  const bench = element('section', { 'aria-labelledby': 'timeline-title' }, [
    element('h2', { id: 'timeline-title' }, ['Timeline']),
  ])
  page.append(
    header(data),
    counts(data),
    ...evidence(data, 'invalid'),
    bench,
    ...evidence(data, 'unknown'),
    ...shown([
      ...sections.verdicts(data),
      ...sections.endings(data),
      ...sections.errors(data),
      ...sections.faults(data),
      ...sections.recovery(data),
      ...sections.sides(data),
      ...sections.coverage(data),
    ]),
    ...evidence(data, 'valid'),
    ...notes(data),
    ...shown(sections.run(data)),
  )
  const history = await History.read(data.operations)
  const workbench = new Workbench(bench, data, history, marked(data))
  document.body.dataset.drawn = 'true'
  await history.loadTexts()
  workbench.textsLoaded()
  document.body.dataset.loaded = 'true'
}

const page = document.getElementById('page')
if (page !== null)
  show(page).catch((error: unknown) => {
    page.append(
      element('p', { role: 'alert' }, [
        `This page could not be drawn: ${error instanceof Error ? error.message : String(error)}`,
      ]),
    )
  })
