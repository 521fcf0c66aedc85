/** A history file of any kind, in the words of a vocabulary. */
import type { Spill } from '../api/spill.ts'
import type { Vocabulary } from '../api/vocabulary.ts'
import { readForeign } from './foreign.ts'
import { type Dialect, importHistory } from './import.ts'
import { type DecodedHistory, decodeHistory, looksLikeOurs } from './jsonl.ts'
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
  /** The file in which it stands as it is; null: it is compressed, or comes from elsewhere. */
  readonly file: string | null
  /** Room for what does not fit into memory. Absent: there is none. */
  readonly makeSpill?: () => Spill
}

/** A history that is written as this program writes it. */
const decodeOurs = ({ name, makeSpill, pieces }: HistorySource, vocabulary: Vocabulary): DecodedHistory => {
  const times = new HeldTimes()
  const check = new HistoryCheck(vocabulary, ({ index }) => `${name}, operation ${index}`)
  const { notes, ...history } = decodeHistory(pieces(), {
    name,
    ...(makeSpill === undefined ? {} : { makeSpill }),
    timeOf: (timeNs) => times.next(timeNs),
    take: (operation) => check.take(operation),
  })
  return { ...history, notes: [...notes, ...times.notes()] }
}

/** Whether it is written as this program writes it. */
export const isOurs = (source: HistorySource): boolean => looksLikeOurs(source.firstLine())

/** @throws UserError naming the line that is not understood, or the operation that does not fit the vocabulary */
export const decodeAny = (
  source: HistorySource,
  vocabulary: Vocabulary,
  dialect: Dialect,
): DecodedHistory => {
  if (isOurs(source)) return decodeOurs(source, vocabulary)
  const { operations, notes } = importHistory(readForeign(source.text(), source.name), vocabulary, dialect)
  return { history: operations, pairs: pairOperations(operations), notes }
}
