/** Inputs and outputs of the models that have a specialised engine, for the model and for the engine. */

/** A name of an object, or a value. */
export type Scalar = number | bigint | string | boolean

// Counters.

export type CounterInput =
  | { readonly f: 'read'; readonly key: Scalar }
  | { readonly f: 'add'; readonly key: Scalar; readonly delta: number }

/** `value: null`: an add that did not return the new value. */
export interface CounterOutput {
  readonly value: number | null
}

// Strings by key. The output of a get is the string; that of a put or an append is ignored.

export type KeyValueInput =
  | { readonly f: 'get'; readonly key: string }
  | { readonly f: 'put' | 'append'; readonly key: string; readonly value: string }

// Locks.

export interface LockInput {
  readonly f: 'acquire' | 'release'
  readonly key: number
  readonly owner: number
}

/** `done: false`: refused. `token`: the fencing token of an acquired lock. */
export interface LockOutput {
  readonly done: boolean
  readonly token?: number
}

// Queues, stacks and pools.

export type QueueInput =
  | { readonly f: 'put'; readonly key: Scalar; readonly value: Scalar }
  | { readonly f: 'take'; readonly key: Scalar }

/** `taken: null`: it was empty. For a put: null. */
export interface QueueOutput {
  readonly taken: Scalar | null
}

// Sets.

export type SetInput =
  | { readonly f: 'add' | 'remove' | 'contains'; readonly key: number; readonly element: number }
  | { readonly f: 'read'; readonly key: number }

/** Whether the element was there before; for a read, all elements in ascending order; null: not returned. */
export type SetOutput = boolean | readonly number[] | null

export type LogInput =
  | { readonly f: 'append'; readonly key: Scalar; readonly value: Scalar }
  | { readonly f: 'read'; readonly key: Scalar }

/** For an append: its offset, or null if that was not returned. For a read: all values. */
export type LogOutput = number | null | readonly Scalar[]
