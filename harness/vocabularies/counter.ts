/**
 * Counters, zero at first.
 *
 * | call | value          | ok value         |
 * |------|----------------|------------------|
 * | add  | { key, delta } | the same         |
 * | read | { key }        | { key, value }   |
 */
export const COUNTER = 'counter'

export type CounterCall =
  | { readonly f: 'add'; readonly value: { readonly key: number; readonly delta: number } }
  | { readonly f: 'read'; readonly value: { readonly key: number } }

export interface CounterRead {
  readonly key: number
  readonly value: number
}
