/**
 * Changes of keys, numbered from 1 without a gap, and watched from any number on.
 *
 * | call  | value          | ok value                                                               |
 * |-------|----------------|------------------------------------------------------------------------|
 * | put   | { key, value } | { key, value, revision }                                               |
 * | watch | { after }      | { events, upTo }: all changes after that revision, up to and with upTo |
 *
 * A value is put at most once in a history. Who watches goes on after `upTo`, and so sees every change once.
 */
export const WATCH = 'watch'

export type WatchCall =
  | { readonly f: 'put'; readonly value: { readonly key: number; readonly value: number } }
  | { readonly f: 'watch'; readonly value: { readonly after: number } }

export interface WatchEvent {
  readonly revision: number
  readonly key: number
  readonly value: number
}

export interface Watched {
  readonly events: readonly WatchEvent[]
  readonly upTo: number
}
