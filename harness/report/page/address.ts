/**
 * The addresses of the page. A link is an anchor to such an address, so that any part of the page can be linked with any
 * other: `#op=1234` selects the operation whose invocation has this index in the history.
 */
import { element } from './dom.ts'

/** `op`: index of an invocation; `fault`: its id; `line`: `node:number`; `at`: ms since the start of the run. */
export type AddressKind = 'op' | 'fault' | 'line' | 'at'

export const addressOf = (kind: AddressKind, name: string | number): string =>
  `#${kind}=${encodeURIComponent(String(name))}`

/** A link that selects what it names, and shows it on the timeline. */
export const linkTo = (kind: AddressKind, name: string | number, text: string): HTMLElement =>
  element('a', { href: addressOf(kind, name) }, [text])
