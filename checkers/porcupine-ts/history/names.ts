/** Keys and values of any kind as the numbers that columns hold. */
import type { Scalar } from '../models/calls.ts'

/** In columns: no value. */
export const NIL = -(2 ** 31)

/** Whole numbers below this are their own codes: most keys and values are, and need no room. */
const FIRST_CODE = 2 ** 30

export class Names {
  readonly #codes = new Map<Scalar, number>()
  /** What the codes from the first one on stand for. */
  readonly values: Scalar[] = []

  codeOf(value: Scalar | null): number {
    if (value === null) return NIL
    if (typeof value === 'number' && (value | 0) === value && value >= 0 && value < FIRST_CODE) return value
    const known = this.#codes.get(value)
    if (known !== undefined) return known
    const code = FIRST_CODE + this.values.length
    this.#codes.set(value, code)
    this.values.push(value)
    return code
  }
}

export const namedBy = (values: readonly Scalar[], code: number): Scalar =>
  code < FIRST_CODE ? code : (values[code - FIRST_CODE] as Scalar)
