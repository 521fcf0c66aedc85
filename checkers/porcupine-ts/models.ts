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

const outcomeOf = (output: RegisterOutput | undefined): string =>
  output === undefined ? 'c?' : 'applied' in output && output.applied ? 'c' : 'n'

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
  readOnly: (input, output) =>
    input.f === 'read' ||
    (input.f === 'cas' && output !== undefined && 'applied' in output && !output.applied),
  overwrites: (input) => input.f === 'write',
  classify: (input, output) => {
    if (input.f === 'write') return `w ${input.value}`
    if (input.f === 'cas') return `${outcomeOf(output)} ${input.expected} ${input.next}`
    const result = output as { value: number | null; unknown?: boolean } | undefined
    return result === undefined || result.unknown === true ? 'r' : `r ${result.value}`
  },
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
  readOnly: (input) => input.f === 'get',
  overwrites: (input) => input.f === 'put',
  classify: (input, output) =>
    input.f === 'get' ? (output === undefined ? 'g' : `g ${output}`) : `${input.f[0]}${input.value}`,
  partition: (input) => input.key,
}
