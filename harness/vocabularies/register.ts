/**
 * Many independent registers. Values are integers; an unwritten register holds null.
 *
 * | call  | value                    | ok value                              |
 * |-------|--------------------------|---------------------------------------|
 * | read  | { key }                  | { key, value }                        |
 * | write | { key, value }           | the same                              |
 * | cas   | { key, expected, next }  | { key, expected, next, applied }      |
 *
 * A compare-and-set whose comparison failed is ok with `applied: false`: an observation that the value differed.
 */
import type { Call } from '../api/history.ts'

export const REGISTER = 'register'

export type RegisterValue = number | null

export type RegisterCall =
  | { readonly f: 'read'; readonly value: { readonly key: number } }
  | { readonly f: 'write'; readonly value: { readonly key: number; readonly value: number } }
  | {
      readonly f: 'cas'
      readonly value: { readonly key: number; readonly expected: RegisterValue; readonly next: number }
    }

export type RegisterResult =
  | { readonly key: number; readonly value: RegisterValue }
  | {
      readonly key: number
      readonly expected: RegisterValue
      readonly next: number
      readonly applied: boolean
    }

/** Narrows a call of the engine's to this vocabulary's, or says why it is none. */
export const asRegisterCall = (call: Call): RegisterCall => {
  if (call.f === 'read' || call.f === 'write' || call.f === 'cas') return call as RegisterCall
  throw new TypeError(`${call.f} is no call of the register vocabulary (read, write, cas)`)
}
