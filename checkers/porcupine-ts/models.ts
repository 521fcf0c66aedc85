/** Ready-made models. */
import type { Model } from './model.ts'

export type RegisterInput =
  | { readonly f: 'read'; readonly key: number }
  | { readonly f: 'write'; readonly key: number; readonly value: number }
  | { readonly f: 'cas'; readonly key: number; readonly expected: number | null; readonly next: number }

/** A read returned a value; `unknown: true` says it did not say which. A cas was applied, or observed a difference. */
export type RegisterOutput =
  | { readonly value: number | null; readonly unknown?: boolean }
  | { readonly applied: boolean }

/** Registers with read, write and compare-and-set, one partition a key. */
export const casRegister = (
  initial: number | null = null,
): Model<number | null, RegisterInput, RegisterOutput> => ({
  init: () => initial,
  step: (state, input, output) => {
    if (input.f === 'write') return input.value
    if (input.f === 'read') {
      if (output === undefined || !('value' in output) || output.unknown === true) return state
      return output.value === state ? state : undefined
    }
    const matches = state === input.expected
    if (output === undefined) return matches ? input.next : state
    if (!('applied' in output) || output.applied !== matches) return undefined
    return matches ? input.next : state
  },
  hash: (state) => (state === null ? -1 : state),
  readOnly: (input, output) =>
    input.f === 'read' || (input.f === 'cas' && 'applied' in output && !output.applied),
  partition: (input) => input.key,
})

export type KeyValueInput =
  | { readonly f: 'get'; readonly key: string }
  | { readonly f: 'put' | 'append'; readonly key: string; readonly value: string }

/** String values per key: get, put, append (the model of Porcupine's test data). */
export const keyValue: Model<string, KeyValueInput, string> = {
  init: () => '',
  step: (state, input, output) => {
    if (input.f === 'put') return input.value
    if (input.f === 'append') return state + input.value
    return output === undefined || output === state ? state : undefined
  },
  hash: (state) => {
    let hash = 7
    for (let i = 0; i < state.length; i++) hash = (Math.imul(hash, 31) + state.charCodeAt(i)) | 0
    return hash
  },
  readOnly: (input) => input.f === 'get',
  partition: (input) => input.key,
}
