/** Creates elements without a framework. Text is always inserted as text, never as markup. */

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
  if (typeof cell === 'string' || cell instanceof HTMLElement) return element('td', {}, [cell])
  return element('td', { class: cell.class }, [cell.text])
}

/** Wide tables scroll by themselves, so that the page does not. */
export const table = (head: readonly string[], rows: readonly (readonly Cell[])[]): HTMLElement => {
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
  return element('div', { class: 'wide', tabindex: '0', role: 'region', 'aria-label': head.join(', ') }, [
    whole,
  ])
}
