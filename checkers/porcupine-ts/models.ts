/** Ready-made models. */
import type { Model, Operation } from './model.ts'
import { checkRegister } from './specialised/register.ts'
import { CAS, INITIAL, NOT, READ, type RegisterLog, WRITE } from './specialised/register-log.ts'

export type RegisterInput =
  | { readonly f: 'read'; readonly key: number }
  | { readonly f: 'write'; readonly key: number; readonly value: number }
  | { readonly f: 'cas'; readonly key: number; readonly expected: number | null; readonly next: number }

/** A read returned a value; `unknown: true` says it did not say which. A cas was applied, or observed a difference. */
export type RegisterOutput =
  | { readonly value: number | null; readonly unknown?: boolean }
  | { readonly applied: boolean }

/** Columns for the specialised engine, without what restricts nothing, and which operation each row came from. */
const logOf = (
  operations: readonly Operation<RegisterInput, RegisterOutput>[],
  initial: number | null,
): { readonly log: RegisterLog; readonly origin: Int32Array } => {
  const count = operations.length
  const codes = new Map<number | null, number>([[initial, INITIAL]])
  const codeOf = (value: number | null): number => {
    const known = codes.get(value)
    if (known !== undefined) return known
    codes.set(value, codes.size)
    return codes.size - 1
  }
  const log = {
    call: new Float64Array(count),
    return: new Float64Array(count),
    kind: new Uint8Array(count),
    value: new Int32Array(count),
    expected: new Int32Array(count),
  }
  const origin = new Int32Array(count)
  let at = 0
  for (let i = 0; i < count; i++) {
    const { call, return: end, input, output } = operations[i] as Operation<RegisterInput, RegisterOutput>
    if (end === Number.POSITIVE_INFINITY && changesNothing(input, output)) continue
    if (input.f === 'read') {
      if (output === undefined || !('value' in output) || output.unknown === true) continue
      log.kind[at] = READ
      log.value[at] = codeOf(output.value)
    } else if (input.f === 'write') {
      log.kind[at] = WRITE
      log.value[at] = codeOf(input.value)
    } else {
      log.kind[at] = output === undefined || ('applied' in output && output.applied) ? CAS : NOT
      log.value[at] = codeOf(input.next)
      log.expected[at] = codeOf(input.expected)
    }
    log.call[at] = call
    log.return[at] = end
    origin[at++] = i
  }
  return { log: { count: at, codes: codes.size, ...log }, origin }
}

const changesNothing = (input: RegisterInput, output: RegisterOutput | undefined): boolean =>
  input.f === 'read' || (input.f === 'cas' && output !== undefined && 'applied' in output && !output.applied)

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
  readOnly: changesNothing,
  overwrites: (input) => input.f === 'write',
  classify: (input, output) => {
    if (input.f === 'write') return `w ${input.value}`
    if (input.f === 'cas') return `${outcomeOf(output)} ${input.expected} ${input.next}`
    const result = output as { value: number | null; unknown?: boolean } | undefined
    return result === undefined || result.unknown === true ? 'r' : `r ${result.value}`
  },
  specialised: (operations) => {
    const { log, origin } = logOf(operations, initial)
    const result = checkRegister(log)
    return result.verdict === 'illegal'
      ? { verdict: 'illegal', witness: result.witness.map((at) => origin[at] as number) }
      : result
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
