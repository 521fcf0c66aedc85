/** How the page writes what went back. */
import type { PageSetback } from '../setbacks.ts'

/** Such as `\u25c0 term 5 -> 0`. */
export const setbackText = ({ what, from, to }: Pick<PageSetback, 'what' | 'from' | 'to'>): string =>
  `\u25c0 ${what} ${from} -> ${to}`

/** What must never go back, whatever happens to a node that keeps its disk. */
export const isDurable = ({ what }: Pick<PageSetback, 'what'>): boolean =>
  what === 'term' || what === 'snapshot'
