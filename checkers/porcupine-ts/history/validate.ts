/** What a valid history is: finite call times, returns after calls, at most one open operation per client. */
import { float64 } from './allocate.ts'
import { Codes } from './codes.ts'

export class MalformedHistoryError extends Error {
  override readonly name = 'MalformedHistoryError'
}

export const assertTimes = (operation: number, call: number, end: number): void => {
  if (!Number.isFinite(call))
    throw new MalformedHistoryError(`operation ${operation}: its call time is ${call}`)
  if (Number.isNaN(end) || end < call)
    throw new MalformedHistoryError(`operation ${operation} returns (${end}) before its call (${call})`)
}

export const assertOutput = (operation: number, end: number, output: unknown): void => {
  if ((end === Number.POSITIVE_INFINITY) !== (output === undefined))
    throw new MalformedHistoryError(
      `operation ${operation}: an operation has no output exactly when it never returned`,
    )
}

/** Checks operations in order of their calls. */
export class OpenOperations {
  readonly #clients = new Codes()
  #lastReturn = float64(64)
  #seen = 0

  assertFree(operation: number, client: number, call: number, end: number): void {
    if (client !== (client | 0))
      throw new MalformedHistoryError(`operation ${operation}: its client ${client} is not a 32-bit integer`)
    const code = this.#clients.codeOf(client)
    if (code === this.#lastReturn.length) {
      const grown = float64(2 * code)
      grown.set(this.#lastReturn)
      this.#lastReturn = grown
    }
    const isNew = code === this.#seen
    if (isNew) this.#seen++
    else if ((this.#lastReturn[code] as number) > call)
      throw new MalformedHistoryError(
        `operation ${operation}: client ${client} called it with another operation open`,
      )
    this.#lastReturn[code] = end
  }
}
