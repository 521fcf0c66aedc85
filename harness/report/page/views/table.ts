/** A table of evidence: rows in which something is wrong have a mark, a symbol and a word. */
import type { TableRow, TableView } from '../../../api/verdict.ts'
import { linkTo } from '../address.ts'
import { element } from '../dom.ts'
import { type Group, groupsOf } from './groups.ts'
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

const MOST_GROUPS = 60
const MOST_PARTS = 40

const groupItem = ({ mark, object, parts }: Group): HTMLElement => {
  const more = parts.length - MOST_PARTS
  return element('li', {}, [
    element('span', { class: 'view-mark' }, [`\u2717 ${mark} `]),
    quoted(`${object}: ${parts.slice(0, MOST_PARTS).join(', ')}${more > 0 ? ` and ${more} more` : ''}`),
  ])
}

/** The rows with a mark in a few lines. */
const summaryOf = ({ rows }: TableView): readonly HTMLElement[] => {
  const groups = groupsOf(rows)
  if (groups.length === 0) return []
  const more = groups.length - MOST_GROUPS
  return [
    element('ul', { class: 'view-plain view-groups' }, [
      ...groups.slice(0, MOST_GROUPS).map(groupItem),
      ...(more > 0 ? [element('li', {}, [`and ${more} more`])] : []),
    ]),
  ]
}

/** A cell that is a time of the run leads there. */
const cellOf = (cell: string): HTMLElement => {
  const [, seconds] = /^(\d+\.\d+) s$/.exec(cell) ?? []
  return seconds === undefined ? quoted(cell) : linkTo('at', Math.round(Number(seconds) * 1e6) / 1e3, cell)
}

const rowOf = (row: TableRow, isMarked: boolean, names: Names): HTMLElement => {
  const { cells, mark } = row
  return element('tr', mark === undefined ? { 'data-fine': '' } : {}, [
    ...(isMarked
      ? [element('td', { class: 'view-mark' }, [mark === undefined ? '✓ fine' : `✗ ${mark}`])]
      : []),
    ...cells.map((cell) => element('td', {}, [cellOf(cell)])),
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
    ...summaryOf(view),
    ...(marked === 0 || marked === view.rows.length ? [] : [filterOf(body)]),
    element('div', { class: 'view-scroll', tabindex: '0', role: 'region', 'aria-label': heads.join(', ') }, [
      element('table', {}, [head, body]),
    ]),
    ...(view.omitted === 0 ? [] : [element('p', { class: 'view-note' }, [leftOut(view)])]),
  ])
}
