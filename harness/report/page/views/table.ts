/** A table of evidence: rows in which something is wrong have a mark, a symbol and a word. */
import type { TableRow, TableView } from '../../../api/verdict.ts'
import { element } from '../dom.ts'
import { counted, type Names, operationLink, quoted, subjectLink } from './names.ts'

/** More links of a row are folded. */
const OPEN_LINKS = 3

const linksOf = ({ operations, about = [] }: TableRow, names: Names): readonly HTMLElement[] => {
  const links = [
    ...operations.map((operation) => operationLink(operation, names)),
    ...about.map((subject) => subjectLink(subject, names)),
  ]
  const lines = links.map((link) => element('div', {}, [link]))
  const folded = lines.slice(OPEN_LINKS)
  if (folded.length === 0) return lines
  return [
    ...lines.slice(0, OPEN_LINKS),
    element('details', {}, [element('summary', {}, [`${folded.length} more`]), ...folded]),
  ]
}

const rowOf = (row: TableRow, isMarked: boolean, names: Names): HTMLElement => {
  const { cells, mark } = row
  return element('tr', mark === undefined ? { 'data-fine': '' } : {}, [
    ...(isMarked
      ? [element('td', { class: 'view-mark' }, [mark === undefined ? '✓ fine' : `✗ ${mark}`])]
      : []),
    ...cells.map((cell) => element('td', {}, [quoted(cell)])),
    element('td', {}, linksOf(row, names)),
  ])
}

const leftOut = ({ omitted, fine }: TableView): string => {
  const wrong = omitted - fine
  const parts = [
    ...(wrong === 0 ? [] : [`${counted(wrong, 'more row')} with a mark`]),
    ...(fine === 0 ? [] : [`${counted(fine, 'row')} with nothing wrong`]),
  ]
  return `Not listed: ${parts.join(' and ')}.`
}

/** Hides the rows without a mark. */
const filterOf = (body: HTMLElement): HTMLElement => {
  const box = element('input', { type: 'checkbox' }, []) as HTMLInputElement
  box.addEventListener('change', () => body.classList.toggle('view-only-marked', box.checked))
  return element('label', { class: 'view-filter' }, [box, ' only marked'])
}

export const drawTable = (view: TableView, names: Names): HTMLElement => {
  const marked = view.rows.filter(({ mark }) => mark !== undefined).length
  // A table without any mark only tells, and judges nothing.
  const heads = [...(marked === 0 ? [] : ['mark']), ...view.columns, 'on the timeline']
  const body = element(
    'tbody',
    {},
    view.rows.map((row) => rowOf(row, marked > 0, names)),
  )
  const head = element('thead', {}, [
    element(
      'tr',
      {},
      heads.map((text) => element('th', { scope: 'col' }, [text])),
    ),
  ])
  return element('section', { class: 'view view-table' }, [
    ...(marked === 0 || marked === view.rows.length ? [] : [filterOf(body)]),
    element('div', { class: 'view-scroll', tabindex: '0', role: 'region', 'aria-label': heads.join(', ') }, [
      element('table', {}, [head, body]),
    ]),
    ...(view.omitted === 0 ? [] : [element('p', { class: 'view-note' }, [leftOut(view)])]),
  ])
}
