/** Registers with read, write and compare-and-set, one partition per key. */

import { float64, int32, uint8 } from '../history/allocate.ts'
import { Codes } from '../history/codes.ts'
import { NIL } from '../history/names.ts'
import { calledBy, type Part } from '../history/part.ts'
import type { Model, Row } from '../model.ts'
import { declined } from '../specialised/declined.ts'
import { checkRegister } from '../specialised/register.ts'
import { CAS, NOT, READ, type RegisterLog, WRITE } from '../specialised/register-log.ts'

export type RegisterInput =
  | { readonly f: 'read'; readonly key: number }
  | { readonly f: 'write'; readonly key: number; readonly value: number }
  | { readonly f: 'cas'; readonly key: number; readonly expected: number | null; readonly next: number }

/** A read returned a value; `unknown: true`: it is not known which. A cas was applied, or observed another value. */
export type RegisterOutput =
  | { readonly value: number | null; readonly unknown?: boolean }
  | { readonly applied: boolean }

/** Kinds of rows. `value`: what was read, written, or set; `second`: what a compare-and-set expected. */
export const REGISTER_KINDS = { read: READ, write: WRITE, cas: CAS, casFailed: NOT } as const

const fromColumn = (value: number): number | null => (value === NIL ? null : value)

const decode = ({
  kind,
  key,
  value,
  second,
  returned,
}: Row): { input: RegisterInput; output: RegisterOutput | undefined } => {
  if (kind === READ)
    return { input: { f: 'read', key }, output: returned ? { value: fromColumn(value) } : undefined }
  const output = returned ? { applied: kind !== NOT } : undefined
  if (kind === WRITE) return { input: { f: 'write', key, value }, output }
  return { input: { f: 'cas', key, expected: fromColumn(second), next: value }, output }
}

const changesNothing = (input: RegisterInput, output: RegisterOutput | undefined): boolean =>
  input.f === 'read' || (input.f === 'cas' && output !== undefined && 'applied' in output && !output.applied)

const outcomeOf = (output: RegisterOutput | undefined): string =>
  output === undefined ? 'c?' : 'applied' in output && output.applied ? 'c' : 'n'

/** Builds the log of the specialised engine, without rows that restrict nothing, and keeps the position of each row. */
class LogBuilder {
  readonly #call: Float64Array
  readonly #return: Float64Array
  readonly #kind: Uint8Array
  readonly #value: Int32Array
  readonly #expected: Int32Array
  readonly #codes: Codes
  readonly origin: Int32Array
  #count = 0

  constructor(size: number, initial: number) {
    this.#call = float64(size)
    this.#return = float64(size)
    this.#kind = uint8(size)
    this.#value = int32(size)
    this.#expected = int32(size)
    this.origin = int32(size)
    this.#codes = new Codes()
    this.#codes.codeOf(initial)
  }

  add(position: number, kind: number, value: number, expected: number, call: number, end: number): void {
    if (end === Number.POSITIVE_INFINITY && (kind === READ || kind === NOT)) return
    const at = this.#count++
    this.#kind[at] = kind
    this.#value[at] = this.#codes.codeOf(value)
    if (kind === CAS || kind === NOT) this.#expected[at] = this.#codes.codeOf(expected)
    this.#call[at] = call
    this.#return[at] = end
    this.origin[at] = position
  }

  get log(): RegisterLog {
    return {
      count: this.#count,
      codes: this.#codes.size,
      call: this.#call,
      return: this.#return,
      kind: this.#kind,
      value: this.#value,
      expected: this.#expected,
    }
  }
}

/** Null if a value is not a 32-bit integer. */
const logOf = (
  part: Part<RegisterInput, RegisterOutput>,
  end: number,
  initial: number | null,
): LogBuilder | null => {
  const count = calledBy(part, end)
  const builder = new LogBuilder(count, initial ?? NIL)
  const endOf = (position: number): number => {
    const returned = part.return[position] as number
    return returned < end ? returned : Number.POSITIVE_INFINITY
  }
  if (part.columns !== undefined) {
    const { kind, value, second } = part.columns
    for (let i = 0; i < count; i++)
      builder.add(i, kind[i] as number, value[i] as number, second[i] ?? 0, part.call[i] as number, endOf(i))
    return builder
  }
  const isCode = (value: number | null): boolean => value === null || (value === (value | 0) && value !== NIL)
  for (let i = 0; i < count; i++) {
    const row = rowOf(part.input(i), part.output(i))
    if (row === null) continue
    if (!isCode(row.value) || !isCode(row.expected)) return null
    builder.add(i, row.kind, row.value ?? NIL, row.expected ?? NIL, part.call[i] as number, endOf(i))
  }
  return builder
}

interface LogRow {
  readonly kind: number
  readonly value: number | null
  readonly expected: number | null
}

/** Null for a read of which no value is known. */
const rowOf = (input: RegisterInput, output: RegisterOutput | undefined): LogRow | null => {
  if (input.f === 'write') return { kind: WRITE, value: input.value, expected: null }
  if (input.f === 'cas')
    return { kind: outcomeOf(output) === 'n' ? NOT : CAS, value: input.next, expected: input.expected }
  if (output === undefined || !('value' in output) || output.unknown === true) return null
  return { kind: READ, value: output.value, expected: null }
}

const show = (value: number | null): string => (value === null ? 'nothing' : String(value))

const describe = (input: RegisterInput, output: RegisterOutput | undefined): string => {
  const doubt = output === undefined ? ' ?' : ''
  if (input.f === 'write') return `write ${input.value}${doubt}`
  if (input.f === 'cas')
    return `cas ${show(input.expected)}->${input.next}${outcomeOf(output) === 'n' ? ' (no match)' : doubt}`
  return output !== undefined && 'value' in output ? `read -> ${show(output.value)}` : 'read ?'
}

export const casRegister = (
  initial: number | null = null,
): Model<number | null, RegisterInput, RegisterOutput> & { readonly decode: typeof decode } => ({
  name: 'cas-register',
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
  partition: (input) => input.key,
  describe,
  describeState: show,
  decode,
  specialised: (part, end) => {
    const builder = logOf(part, end, initial)
    if (builder === null) return declined('a value is not a 32-bit integer')
    const result = checkRegister(builder.log)
    if (result.verdict !== 'illegal') return result
    return { verdict: 'illegal', witness: result.witness.map((at) => builder.origin[at] as number) }
  },
})
