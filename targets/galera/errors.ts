/**
 * MariaDB's errors, and whether they prove that a call had no effect.
 *
 * Before COMMIT is sent nothing is committed, whatever the error. After that, only a deadlock is definite: MariaDB's name for a
 * transaction that failed its certification, and is rolled back on all nodes (Galera documentation, "Certification-Based
 * Replication"). A node that loses the others while a transaction is on its way to them cannot know whether they have it, whatever
 * it then says: an error during COMMIT (1180), or that it is not prepared for statements (1047).
 */
import type { Outcome } from '../../harness/api/history.ts'
import { messageOf } from '../../harness/support/assert.ts'

/** The call was never sent. */
export class NotSent extends Error {}

/** What a failed statement is told by: MariaDB's number and its words. */
interface ServerError {
  readonly errno: number
  readonly sqlMessage: string
}

/** (Errors of a socket have a negative `errno` and no words of the server.) */
const isServerError = (error: unknown): error is ServerError => {
  const { errno, sqlMessage } = error as Partial<Record<keyof ServerError, unknown>>
  return typeof errno === 'number' && typeof sqlMessage === 'string'
}

const DEADLOCK = 1213

const isDefinite = (error: unknown): boolean =>
  error instanceof NotSent || (isServerError(error) && error.errno === DEADLOCK)

/** @param mayHaveCommitted whether COMMIT had been sent */
export const outcomeOf = (error: unknown, mayHaveCommitted: boolean): Outcome => {
  const text = isServerError(error) ? `${error.errno} ${error.sqlMessage}` : messageOf(error)
  if (isDefinite(error)) return { type: 'fail', error: `nothing was written: ${text}` }
  if (mayHaveCommitted) return { type: 'info', error: text }
  return { type: 'fail', error: `nothing was written, as COMMIT was not sent: ${text}` }
}
