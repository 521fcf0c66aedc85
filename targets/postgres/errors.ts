/**
 * PostgreSQL's errors, and whether they prove that a call had no effect.
 *
 * Sources: PostgreSQL 15 documentation. "Message Formats" and "Frontend/Backend Protocol": an ERROR ends the statement and
 * the session goes on; a FATAL error ends the session. "Transactions" (tutorial): what an error interrupts has no effect.
 * "PostgreSQL Error Codes" (appendix A) has the codes. "Synchronous Replication": a transaction whose session ends while
 * it waits for a standby has been committed on the primary.
 */
import type { Outcome } from '../../harness/api/history.ts'
import { messageOf } from '../../harness/support/assert.ts'

/** The call was never sent. */
export class NotSent extends Error {}

/** The server answered, and undid the transaction. */
export class RolledBack extends Error {}

/** The server ended its wait for the standby, and says so in a warning: the transaction may be lost. */
export class NotReplicated extends Error {}

/** The fields of an error of the server: `severity` and the SQLSTATE. */
interface ServerError {
  readonly severity: string
  readonly code: string
  readonly message: string
}

const isServerError = (error: unknown): error is ServerError => {
  const { severity, code } = error as Partial<Record<keyof ServerError, unknown>>
  return typeof severity === 'string' && typeof code === 'string'
}

/** Codes that do not tell what became of a statement: 08, connection exceptions; 40003, statement completion unknown. */
const UNCLEAR = /^(08|40003)/

const isDefinite = (error: unknown): boolean => {
  if (error instanceof NotSent || error instanceof RolledBack) return true
  return isServerError(error) && error.severity === 'ERROR' && !UNCLEAR.test(error.code)
}

/** @param mayHaveCommitted whether a statement that commits had been sent: without one, nothing is committed */
export const outcomeOf = (error: unknown, mayHaveCommitted: boolean): Outcome => {
  const text = isServerError(error) ? `${error.code} ${error.message}` : messageOf(error)
  if (isDefinite(error)) return { type: 'fail', error: text }
  if (mayHaveCommitted) return { type: 'info', error: text }
  return { type: 'fail', error: `nothing was written, as COMMIT was not sent: ${text}` }
}

/** 25006, a write in a read-only transaction: the node is no primary any more. */
export const isDeposed = (error: unknown): boolean => isServerError(error) && error.code === '25006'
