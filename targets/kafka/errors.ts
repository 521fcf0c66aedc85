/**
 * What an error says about the call during which it came. Codes: https://kafka.apache.org/protocol#protocol_error_codes. A code
 * alone proves little: a leader that has appended a record and is deposed before enough replicas have it answers
 * NOT_LEADER_OR_FOLLOWER, as one that never led does (DelayedProduce.scala, 3.9 to 4.1). The two differ by the offset that the
 * answer has.
 */
import type { Outcome } from '../../harness/api/history.ts'
import { messageOf } from '../../harness/support/assert.ts'
import type { Produced } from './messages.ts'

export const UNKNOWN_TOPIC_OR_PARTITION = 3
export const NOT_LEADER_OR_FOLLOWER = 6
/** The broker has no block of producers' names yet, or a coordinator is elected. */
export const COORDINATOR_LOAD_IN_PROGRESS = 14
export const COORDINATOR_NOT_AVAILABLE = 15
export const NOT_COORDINATOR = 16
export const TOPIC_ALREADY_EXISTS = 36
/** The last transaction of the producer has been decided, and its markers are still being written. */
export const CONCURRENT_TRANSACTIONS = 51

/** A leader does not know yet what was committed before it led. */
export const OFFSET_NOT_AVAILABLE = 78

/** Those that the clients meet, for readers. */
const NAMES: Readonly<Record<number, string>> = {
  [-1]: 'UNKNOWN_SERVER_ERROR',
  1: 'OFFSET_OUT_OF_RANGE',
  [UNKNOWN_TOPIC_OR_PARTITION]: 'UNKNOWN_TOPIC_OR_PARTITION',
  5: 'LEADER_NOT_AVAILABLE',
  [NOT_LEADER_OR_FOLLOWER]: 'NOT_LEADER_OR_FOLLOWER',
  7: 'REQUEST_TIMED_OUT',
  [COORDINATOR_LOAD_IN_PROGRESS]: 'COORDINATOR_LOAD_IN_PROGRESS',
  [COORDINATOR_NOT_AVAILABLE]: 'COORDINATOR_NOT_AVAILABLE',
  [NOT_COORDINATOR]: 'NOT_COORDINATOR',
  19: 'NOT_ENOUGH_REPLICAS',
  20: 'NOT_ENOUGH_REPLICAS_AFTER_APPEND',
  22: 'ILLEGAL_GENERATION',
  25: 'UNKNOWN_MEMBER_ID',
  27: 'REBALANCE_IN_PROGRESS',
  [TOPIC_ALREADY_EXISTS]: 'TOPIC_ALREADY_EXISTS',
  38: 'INVALID_REPLICATION_FACTOR',
  41: 'NOT_CONTROLLER',
  45: 'OUT_OF_ORDER_SEQUENCE_NUMBER',
  47: 'INVALID_PRODUCER_EPOCH',
  48: 'INVALID_TXN_STATE',
  49: 'INVALID_PRODUCER_ID_MAPPING',
  [CONCURRENT_TRANSACTIONS]: 'CONCURRENT_TRANSACTIONS',
  56: 'KAFKA_STORAGE_ERROR',
  59: 'UNKNOWN_PRODUCER_ID',
  [OFFSET_NOT_AVAILABLE]: 'OFFSET_NOT_AVAILABLE',
  90: 'PRODUCER_FENCED',
  120: 'TRANSACTION_ABORTABLE',
}

/** An answer that is an error. */
export class KafkaError extends Error {
  readonly code: number

  constructor(code: number, doing: string) {
    super(`${doing}: ${NAMES[code] ?? 'error'} (${code})`)
    this.code = code
  }
}

/** The call was not sent, for the connection had ended before. */
export class NotSentError extends Error {}
/** No answer came, for the connection ended or the time was over. */
export class NoAnswerError extends Error {}
/** The record may be in the log, or get there; or the transaction may be committed, or become so. */
export class InDoubtError extends Error {}

/**
 * The transaction is not committed, and nobody will do so: it is aborted, if not yet then when its time is over, or when its producer has
 * a successor.
 */
export class UncommittedError extends Error {}

/** Another broker may answer otherwise, or the same one when it has learnt that it leads. */
export const isMoved = (code: number): boolean =>
  code === UNKNOWN_TOPIC_OR_PARTITION || code === NOT_LEADER_OR_FOLLOWER

/** Answers to a record that the leader checks for before it appends anything. */
const BEFORE_APPENDING: ReadonlySet<number> = new Set([
  UNKNOWN_TOPIC_OR_PARTITION,
  NOT_LEADER_OR_FOLLOWER,
  19, // NOT_ENOUGH_REPLICAS
])

/** Whether an answer proves that the record was not appended. */
export const isRefused = ({ error, offset }: Produced): boolean =>
  offset === -1 && BEFORE_APPENDING.has(error)

/**
 * Answers to the request to commit with which the coordinator has turned it down (TransactionCoordinator.scala, 3.9 to 4.1): somebody
 * else owns the transactional id by now, or the transaction has been aborted, as when its time was over. All others prove nothing:
 * COORDINATOR_NOT_AVAILABLE, NOT_COORDINATOR, COORDINATOR_LOAD_IN_PROGRESS and CONCURRENT_TRANSACTIONS may also come from a coordinator
 * that has written the decision, and lost its place before it could answer.
 */
const TURNED_DOWN: ReadonlySet<number> = new Set([
  47, // INVALID_PRODUCER_EPOCH
  48, // INVALID_TXN_STATE
  49, // INVALID_PRODUCER_ID_MAPPING
  90, // PRODUCER_FENCED
  120, // TRANSACTION_ABORTABLE
])

/** Whether an answer proves that this request has not ended the transaction as it was to. */
export const isTurnedDown = (code: number): boolean => TURNED_DOWN.has(code)

/**
 * The outcome of a call that ended with an error. Only a record that was sent can be in doubt, and only a transaction that was asked to
 * commit: nobody else commits it.
 */
export const outcomeOf = (error: unknown): Outcome => {
  if (error instanceof InDoubtError) return { type: 'info', error: error.message }
  const why =
    error instanceof UncommittedError
      ? 'the transaction was not committed, and is aborted'
      : 'nothing was written'
  return { type: 'fail', error: `${why}: ${messageOf(error)}` }
}
