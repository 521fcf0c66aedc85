/**
 * What an error says about the call during which it came. RabbitMQ answers a call that it cannot do by closing the channel,
 * with a code of AMQP 0-9-1 (`err.code`). A connection that breaks, a confirmation that does not come and a `nack` leave
 * open what became of a call that was sent.
 */
import type { Outcome } from '../../harness/api/history.ts'
import { messageOf } from '../../harness/support/assert.ts'

/**
 * How far a call had come:
 * - `declaring`: the queue that it needs was being declared, and nothing else was sent;
 * - `publishing`: the message was sent, and no confirmation came;
 * - `getting`: a message was asked for, and nothing was acknowledged.
 */
export type Stage = 'declaring' | 'publishing' | 'getting'

interface Reply {
  readonly code: number
  readonly stage: Stage
  readonly meaning: string
}

/** Answers that prove that the call had no effect and never will. */
const DEFINITE: readonly Reply[] = [
  {
    code: 404,
    stage: 'getting',
    meaning: 'NOT_FOUND: the queue has no process that could hand out a message (its node is down)',
  },
]

const codeOf = (error: unknown): unknown => (error as { code?: unknown } | null)?.code

/**
 * The outcome of a call that ended with an error.
 *
 * @param closing why the connection was closed, if that is known: the error of a call does not say it
 */
export const outcomeOf = (error: unknown, stage: Stage, closing: string | null = null): Outcome => {
  const isDefinite =
    stage === 'declaring' || DEFINITE.some((reply) => reply.stage === stage && reply.code === codeOf(error))
  const text = stage === 'declaring' ? 'nothing was sent yet' : stage
  const why = closing === null ? '' : ` (${closing})`
  return { type: isDefinite ? 'fail' : 'info', error: `${text}: ${messageOf(error)}${why}` }
}
