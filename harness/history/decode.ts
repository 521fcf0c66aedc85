/** A history file of any kind, in the words of a vocabulary. */
import type { Spill } from '../api/spill.ts'
import type { Vocabulary } from '../api/vocabulary.ts'
import { readForeign } from './foreign.ts'
import { type Dialect, importHistory } from './import.ts'
import { type DecodedHistory, decodeHistory, looksLikeOurs, passHistory } from './jsonl.ts'
import { pairOperations } from './pairing.ts'
import { HeldTimes } from './times.ts'
import { HistoryCheck } from './validate.ts'

/** A history as it is stored. */
export interface HistorySource {
  /** Of the file, for messages. */
  readonly name: string
  /** Its first line that is not empty; of a very long one the beginning. */
  firstLine(): string
  pieces(): Iterable<Uint8Array>
  text(): string
  /** Of the file; null: it is compressed, or comes from elsewhere. */
  readonly bytes: number | null
  /** Room for what does not fit into memory. Absent: there is none. */
  readonly makeSpill?: () => Spill
}

const checkOf = (vocabulary: Vocabulary, name: string): HistoryCheck =>
  new HistoryCheck(vocabulary, ({ index }) => `${name}, operation ${index}`)

/**
 * A history that is written as this program writes it.
 *
 * @param check null: whether it fits a vocabulary is found out elsewhere, by `checkFit`
 * @throws UserError naming the line that is not understood
 */
const decodeOurs = (
  { name, makeSpill, pieces }: HistorySource,
  check: HistoryCheck | null,
): DecodedHistory => {
  const times = new HeldTimes()
  const { notes, ...history } = decodeHistory(pieces(), {
    name,
    ...(makeSpill === undefined ? {} : { makeSpill }),
    timeOf: (timeNs) => times.next(timeNs),
    ...(check === null ? {} : { take: (operation) => check.take(operation) }),
  })
  return { ...history, notes: [...notes, ...times.notes()] }
}

/** Whether it is written as this program writes it. */
export const isOurs = (source: HistorySource): boolean => looksLikeOurs(source.firstLine())

/** One of ours, of which `checkFit` tells whether it fits. @throws UserError naming the line that is not understood */
export const decodeUnchecked = (source: HistorySource): DecodedHistory => decodeOurs(source, null)

/**
 * Goes through one of ours without keeping it.
 *
 * @throws UserError naming the line that is not understood, or the operation that does not fit the vocabulary: whichever
 *   comes first
 */
export const checkFit = ({ name, pieces }: HistorySource, vocabulary: Vocabulary): void => {
  const [check, times] = [checkOf(vocabulary, name), new HeldTimes()]
  passHistory(pieces(), {
    name,
    timeOf: (timeNs) => times.next(timeNs),
    take: (operation) => check.take(operation),
  })
}

/** @throws UserError naming the line that is not understood, or the operation that does not fit the vocabulary */
export const decodeAny = (
  source: HistorySource,
  vocabulary: Vocabulary,
  dialect: Dialect,
): DecodedHistory => {
  if (isOurs(source)) return decodeOurs(source, checkOf(vocabulary, source.name))
  const { operations, notes } = importHistory(readForeign(source.text(), source.name), vocabulary, dialect)
  return { history: operations, pairs: pairOperations(operations), notes }
}
