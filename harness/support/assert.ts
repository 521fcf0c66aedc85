/** Programmers' errors are assertions; operating errors are values or a `UserError`. */

export class AssertionError extends Error {
  override readonly name = 'AssertionError'
}

export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionError(message)
}

/** An error whose message is written for the user: what went wrong, where, what to do. Printed without a stack. */
export class UserError extends Error {
  override readonly name = 'UserError'
  /** 255: bad usage; 254: the harness could not do its work. */
  readonly exitCode: 254 | 255

  constructor(message: string, exitCode: 254 | 255 = 255) {
    super(message)
    this.exitCode = exitCode
  }
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
