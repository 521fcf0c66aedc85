/**
 * Logs that tell each value's place. A value is appended to a log at most once in a history.
 *
 * | call   | value          | ok value                                  |
 * |--------|----------------|-------------------------------------------|
 * | append | { key, value } | { key, value, offset }: from 0            |
 * | read   | { key }        | { key, values }: all, from offset 0 on    |
 */
export const APPEND_LOG = 'append-log'

export type LogCall =
  | { readonly f: 'append'; readonly value: { readonly key: number; readonly value: number } }
  | { readonly f: 'read'; readonly value: { readonly key: number } }

export interface Appended {
  readonly key: number
  readonly value: number
  readonly offset: number
}

export interface LogRead {
  readonly key: number
  readonly values: readonly number[]
}
