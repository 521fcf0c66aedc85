/** What is a history at all: times that are times, returns after calls, one open operation a client. */

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

/** Asked of each operation in order of calls. */
export class OpenOperations {
  readonly #lastReturn = new Map<number, number>()

  assertFree(operation: number, client: number, call: number, end: number): void {
    const before = this.#lastReturn.get(client)
    if (before !== undefined && before > call)
      throw new MalformedHistoryError(
        `operation ${operation}: client ${client} called it with another operation open`,
      )
    this.#lastReturn.set(client, end)
  }
}
