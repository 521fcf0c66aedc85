/**
 * One set that elements are only added to, each by one call.
 *
 * | call | value       | ok value                              |
 * |------|-------------|---------------------------------------|
 * | add  | { element } | the same                              |
 * | read | {}          | { elements }: all of them, unordered  |
 */
import type { Call } from '../api/history.ts'

export const SET = 'set'

export type SetCall =
  | { readonly f: 'add'; readonly value: { readonly element: number } }
  | { readonly f: 'read'; readonly value: Readonly<Record<string, never>> }

export type SetResult = { readonly element: number } | { readonly elements: readonly number[] }

/** Narrows a call of the engine's to this vocabulary's, or says why it is none. */
export const asSetCall = (call: Call): SetCall => {
  if (call.f === 'add' || call.f === 'read') return call as SetCall
  throw new TypeError(`${call.f} is no call of the set vocabulary (add, read)`)
}
