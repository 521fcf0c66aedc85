/**
 * The addresses of the page. A link is an anchor to such an address, so that any part of the page can be linked with any
 * other: `#op=1234` selects the operation whose invocation has this index in the history.
 */
import { visible } from '../../support/visible.ts'
import { element } from './dom.ts'

/**
 * `op`: index of an invocation; `fault`: its id; `line` of a log and `sample`: `node:number`; `effect`: `service:number`;
 * `term`: its number; `at`: ms since the start of the run.
 */
export const ADDRESS_KINDS = ['op', 'fault', 'line', 'effect', 'sample', 'term', 'at'] as const
export type AddressKind = (typeof ADDRESS_KINDS)[number]

/** The address of something that is numbered within something else, such as a line of a node's log. */
export const numbered = (owner: string, number: number): string => `${owner}:${number}`

/** What `numbered` has put together. Null: it is no such name. */
export const parseNumbered = (name: string): { readonly owner: string; readonly number: number } | null => {
  const [, owner, number] = /^(.*):(\d+)$/s.exec(name) ?? []
  return owner === undefined || number === undefined ? null : { owner, number: Number(number) }
}

export const addressOf = (kind: AddressKind, name: string | number): string =>
  `#${kind}=${encodeURIComponent(String(name))}`

/** A link that selects what it names, and shows it on the timeline. The text may come from the cluster. */
export const linkTo = (kind: AddressKind, name: string | number, text: string): HTMLElement =>
  element('a', { href: addressOf(kind, name) }, [visible(text)])
