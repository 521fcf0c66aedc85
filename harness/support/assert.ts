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

/** By its name: older versions of Node, which run the tests of users, do not know the class. */
const isSuppressed = (error: unknown): error is SuppressedError =>
  error instanceof Error && error.name === 'SuppressedError'

/** Where the end of something failed because of an earlier error, or besides it, both are told: the earlier one first. */
export const messageOf = (error: unknown): string => {
  if (!isSuppressed(error)) return error instanceof Error ? error.message : String(error)
  const [first, then] = [messageOf(error.suppressed), messageOf(error.error)]
  return first === then ? first : `${first}; and then: ${then}`
}
