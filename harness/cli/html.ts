/** Small pages without a framework. Whatever comes from a results folder is text, and is escaped. */
import { PAGE_STYLE } from '../report/style.ts'
import { visible } from '../support/visible.ts'

/** For content and for attributes in double quotes. */
export const escaped = (text: string): string =>
  visible(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')

export const link = (href: string, text: string): string => `<a href="${escaped(href)}">${escaped(text)}</a>`

/** A path as part of an address. */
export const encodedPath = (path: string): string => path.split('/').map(encodeURIComponent).join('/')

/** A row of cells, which are HTML. @param kind the class of the row; absent: none */
export const tableRow = (cells: readonly string[], kind?: string): string =>
  `<tr${kind === undefined ? '' : ` class="${kind}"`}>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`

/** @param head texts @param rows of `tableRow` */
export const tableOf = (head: readonly string[], rows: readonly string[]): string =>
  `<div class="wide"><table><thead><tr>${head.map((name) => `<th scope="col">${escaped(name)}</th>`).join('')}</tr></thead><tbody>${rows.join('\n')}</tbody></table></div>`

export interface HtmlPage {
  readonly title: string
  /** HTML. */
  readonly body: string
  /** Besides the style of all pages. */
  readonly style: string
  /** The address of a script. Absent: none. */
  readonly script?: string
  /** Absent: that of the server. A page on a disk has no other. */
  readonly policy?: string
}

export const htmlPage = ({ title, body, style, script, policy }: HtmlPage): string =>
  [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    ...(policy === undefined
      ? []
      : [`<meta http-equiv="Content-Security-Policy" content="${escaped(policy)}">`]),
    `<title>${escaped(title)}</title>`,
    `<style>${PAGE_STYLE}${style}</style>`,
    '</head>',
    '<body>',
    '<main>',
    body,
    '</main>',
    ...(script === undefined ? [] : [`<script src="${script}"></script>`]),
    '</body>',
    '</html>',
    '',
  ].join('\n')
