/** Creates elements without a framework. Text is always inserted as text, never as markup. */

export const element = (
  name: string,
  attributes: Readonly<Record<string, string>>,
  children: readonly (Node | string)[],
): HTMLElement => {
  const made = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  made.append(...children)
  return made
}

export type Cell = string | { readonly class: string; readonly text: string }

export const table = (head: readonly string[], rows: readonly (readonly Cell[])[]): HTMLElement =>
  element('table', {}, [
    element(
      'tr',
      {},
      head.map((text) => element('th', {}, [text])),
    ),
    ...rows.map((row) =>
      element(
        'tr',
        {},
        row.map((cell) =>
          typeof cell === 'string'
            ? element('td', {}, [cell])
            : element('td', { class: cell.class }, [cell.text]),
        ),
      ),
    ),
  ])

/** A colour of the style sheet, as a value for the canvas. */
export const colour = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()
