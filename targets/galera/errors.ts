/**
 * MariaDB's errors, and whether they prove that a call had no effect.
 *
 * Sources: MariaDB documentation, "Error Codes"; "InnoDB System Variables" (`innodb_rollback_on_timeout`,
 * `innodb_snapshot_isolation`); Galera documentation, "Certification-Based Replication": a transaction that fails its
 * certification is rolled back on all nodes, which is told as a deadlock. A node that loses the others while a transaction is on
 * its way to them cannot know whether they have it: MariaDB tells that as an error during COMMIT (1180).
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

/** Errors that undo the statement, or never began it. Each other one is unclear. */
const DEFINITE: Readonly<Record<number, string>> = {
  1020: 'the row has changed since the snapshot',
  1047: 'the node is not in the primary component, and begins no statement',
  1062: 'duplicate key',
  1205: 'a lock was not free in time',
  1213: 'deadlock, or the certification failed',
}

const isDefinite = (error: unknown): boolean =>
  error instanceof NotSent || (isServerError(error) && error.errno in DEFINITE)

/** @param mayHaveCommitted whether a statement that commits had been sent: without one, nothing is committed */
export const outcomeOf = (error: unknown, mayHaveCommitted: boolean): Outcome => {
  const text = isServerError(error) ? `${error.errno} ${error.sqlMessage}` : messageOf(error)
  if (isDefinite(error)) return { type: 'fail', error: `nothing was written: ${text}` }
  if (mayHaveCommitted) return { type: 'info', error: text }
  return { type: 'fail', error: `nothing was written, as COMMIT was not sent: ${text}` }
}
