/**
 * What an error says about the call during which it came. A server answers with a status in place of a payload (503: nobody
 * listens to the subject, so nobody has the message), or with an error of JetStream, which has a number of its own
 * (`err_code`, https://docs.nats.io/reference/jetstream/errors).
 */
import type { Outcome } from '../../harness/api/history.ts'
import { messageOf } from '../../harness/support/assert.ts'
import { NotSentError } from './link.ts'

/**
 * How far a call had come:
 * - `preparing`: the stream, or the state of an object, was asked for, and nothing that changes the object was sent;
 * - `publishing`: the message was sent, and no acknowledgement came;
 * - `pulling`: a message of a queue was asked for, and nothing was answered to the last request. Those before had none.
 */
export type Stage = 'preparing' | 'publishing' | 'pulling'

/** An answer that is an error. */
export class JetStreamError extends Error {
  /** `err_code` of JetStream, or the status of an answer without one. */
  readonly code: number
  /** An earlier message of the same call was not answered, so this answer does not speak for the call. */
  readonly isLate: boolean

  constructor(code: number, description: string, isLate = false) {
    super(`${code} ${description}`)
    this.code = code
    this.isLate = isLate
  }
}

/** The value differs from what was expected: nothing was changed. */
export class MismatchError extends Error {}

export const NO_RESPONDERS = 503
export const STREAM_NOT_FOUND = 10059
export const MESSAGE_NOT_FOUND = 10037
const WRONG_LAST_SEQUENCE = 10071

/** Answers that prove that a message is not stored, or none handed out, and never will be. */
const DEFINITE: Readonly<Record<number, string>> = {
  [NO_RESPONDERS]: 'the server has no subscriber of the subject, so it gave the request to nobody',
  [WRONG_LAST_SEQUENCE]: 'the leader compares before it proposes, and all replicas before they store',
}

const isDefinite = (error: unknown, stage: Stage): boolean => {
  if (stage === 'preparing' || error instanceof NotSentError || error instanceof MismatchError) return true
  return error instanceof JetStreamError && !error.isLate && error.code in DEFINITE
}

/** The outcome of a call that ended with an error. Asking for the state of an object changes nothing, whatever comes of it. */
export const outcomeOf = (error: unknown, stage: Stage): Outcome => ({
  type: isDefinite(error, stage) ? 'fail' : 'info',
  error: `${stage === 'preparing' ? 'nothing was sent yet' : stage}: ${messageOf(error)}`,
})
