/** The table of runs: filtered by text and columns, sorted by any column. The address keeps both. */
import { visible } from '../../../support/visible.ts'
import type { RunRow } from '../runs.ts'

const COLUMNS = [
  ['state', 'verdict'],
  ['target', 'target'],
  ['workload', 'workload'],
  ['nemeses', 'faults'],
  ['bug', 'planted bug'],
  ['environment', 'environment'],
  ['seed', 'seed'],
  ['started', 'started'],
  ['seconds', 'duration in s'],
  ['operations', 'operations'],
  ['faultline', 'faultline'],
  ['summary', 'summary'],
] as const

type Column = (typeof COLUMNS)[number][0]

/** Columns with few values. */
const CHOICES = ['state', 'target', 'workload'] as const

const make = (name: string, text = ''): HTMLElement => {
  const made = document.createElement(name)
  made.textContent = text
  return made
}

const holder = (id: string): HTMLElement => document.getElementById(id) as HTMLElement

const rows = JSON.parse(holder('rows').textContent ?? '[]') as readonly RunRow[]

const state = (): URLSearchParams => new URLSearchParams(location.hash.slice(1))

const setState = (name: string, value: string): void => {
  const parts = state()
  if (value === '') parts.delete(name)
  else parts.set(name, value)
  history.replaceState(null, '', `#${parts}`)
  draw()
}

const textOf = (row: RunRow, column: Column): string => {
  const value = row[column]
  if (typeof value === 'number' && column === 'seconds') return value.toFixed(1)
  // Without the fraction of a second.
  return column === 'started' ? String(value).slice(0, 19).replace('T', ' ') : visible(String(value ?? ''))
}

const isShown = (row: RunRow, parts: URLSearchParams): boolean => {
  const wanted = (parts.get('text') ?? '').toLowerCase()
  const all = `${row.name} ${COLUMNS.map(([column]) => textOf(row, column)).join(' ')}`.toLowerCase()
  return all.includes(wanted) && CHOICES.every((column) => (parts.get(column) ?? row[column]) === row[column])
}

const order = (a: RunRow, b: RunRow, column: Column): number => {
  const [x, y] = [a[column], b[column]]
  if (typeof x === 'number' && typeof y === 'number') return x - y
  return String(x ?? '').localeCompare(String(y ?? ''))
}

const headOf = (column: Column, label: string, parts: URLSearchParams): HTMLElement => {
  const head = make('th')
  head.setAttribute('scope', 'col')
  const isSorted = parts.get('sort') === column
  const isDown = parts.get('down') === 'yes'
  head.setAttribute('aria-sort', isSorted ? (isDown ? 'descending' : 'ascending') : 'none')
  const button = make('button', label)
  button.addEventListener('click', () => {
    const next = state()
    next.set('sort', column)
    if (isSorted && !isDown) next.set('down', 'yes')
    else next.delete('down')
    history.replaceState(null, '', `#${next}`)
    draw()
    holder('table').querySelectorAll('button')[COLUMNS.findIndex(([name]) => name === column)]?.focus()
  })
  head.append(button)
  return head
}

const cellOf = (row: RunRow, column: Column): HTMLElement => {
  const cell = make('td')
  if (column !== 'state') {
    cell.textContent = textOf(row, column)
    return cell
  }
  const link = make('a', row.state)
  link.setAttribute('href', `/run/${row.name.split('/').map(encodeURIComponent).join('/')}/`)
  const bold = make('b')
  bold.className = `state ${row.state}`
  bold.append(link)
  cell.append(bold)
  return cell
}

const draw = (): void => {
  const parts = state()
  const sort = (parts.get('sort') ?? '') as Column | ''
  const shown = rows.filter((row) => isShown(row, parts))
  if (sort !== '') shown.sort((a, b) => order(a, b, sort) * (parts.get('down') === 'yes' ? -1 : 1))
  const table = make('table')
  const head = make('thead')
  const headRow = make('tr')
  headRow.append(...COLUMNS.map(([column, label]) => headOf(column, label, parts)))
  head.append(headRow)
  const body = make('tbody')
  for (const row of shown) {
    const line = make('tr')
    line.append(...COLUMNS.map(([column]) => cellOf(row, column)))
    body.append(line)
  }
  table.append(head, body)
  holder('table').replaceChildren(table)
  holder('shown').textContent = `${shown.length} of ${rows.length} runs`
}

const filters = (): void => {
  const text = make('input') as HTMLInputElement
  text.type = 'search'
  text.placeholder = 'text'
  text.setAttribute('aria-label', 'show only runs with this text')
  text.value = state().get('text') ?? ''
  text.addEventListener('input', () => setState('text', text.value))
  const selects = CHOICES.map((column) => {
    const select = make('select') as HTMLSelectElement
    const label = COLUMNS.find(([name]) => name === column)?.[1] ?? column
    select.setAttribute('aria-label', label)
    select.add(new Option(`${label}: all`, ''))
    for (const value of [...new Set(rows.map((row) => row[column]))].sort())
      select.add(new Option(value, value))
    select.value = state().get(column) ?? ''
    select.addEventListener('change', () => setState(column, select.value))
    return select
  })
  holder('filters').append(text, ...selects)
}

filters()
draw()
