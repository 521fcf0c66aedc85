/** Programmers' errors are assertions; operating errors are values or a `UserError`. */
import { EXIT_CODES } from './exit-codes.ts'

type FailureCode = (typeof EXIT_CODES)['harnessFailed' | 'targetFailed' | 'badUsage']

class AssertionError extends Error {
  override readonly name = 'AssertionError'
}

export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionError(message)
}

/** An error whose message is written for the user: what went wrong, where, what to do. Printed without a stack. */
export class UserError extends Error {
  override readonly name = 'UserError'
  readonly exitCode: FailureCode

  constructor(message: string, exitCode: FailureCode = EXIT_CODES.badUsage) {
    super(message)
    this.exitCode = exitCode
  }
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
