/**
 * Queues, first in, first out. A value is put into a queue at most once in a history.
 *
 * | call    | value          | ok value                                      |
 * |---------|----------------|-----------------------------------------------|
 * | enqueue | { key, value } | the same                                      |
 * | dequeue | { key }        | { key, value }: null where it was found empty |
 */
export const QUEUE = 'queue'

export type QueueCall =
  | { readonly f: 'enqueue'; readonly value: { readonly key: number; readonly value: number } }
  | { readonly f: 'dequeue'; readonly value: { readonly key: number } }

export interface Dequeued {
  readonly key: number
  readonly value: number | null
}
