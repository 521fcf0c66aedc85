/** Creates elements without a framework. Text is always inserted as text, never as markup. */

import { visible } from '../../support/visible.ts'

export const element = (
  name: string,
  attributes: Readonly<Record<string, string>>,
  children: readonly (Node | string)[] = [],
): HTMLElement => {
  const made = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  made.append(...children)
  return made
}

export type Cell = string | HTMLElement | { readonly class: string; readonly text: string }

const cellOf = (cell: Cell): HTMLElement => {
  if (cell instanceof HTMLElement) return element('td', {}, [cell])
  const { text, ...attributes } = typeof cell === 'string' ? { text: cell } : cell
  return element('td', attributes, [visible(text)])
}

/** Texts of cells may come from the cluster. Wide tables scroll by themselves, so that the page does not. @param label what it is, for readers who do not see it */
export const table = (
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
  label = head.join(', '),
): HTMLElement => {
  const headRow = element(
    'tr',
    {},
    head.map((text) => element('th', { scope: 'col' }, [text])),
  )
  const body = rows.map((row) => element('tr', {}, row.map(cellOf)))
  const whole = element('table', {}, [
    ...(head.length === 0 ? [] : [element('thead', {}, [headRow])]),
    element('tbody', {}, body),
  ])
  return element('div', { class: 'wide', tabindex: '0', role: 'region', 'aria-label': label }, [whole])
}
