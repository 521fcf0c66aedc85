/** Histories that tests have as text. */
import type { Operation, Sequence } from '../api/history.ts'
import type { Vocabulary } from '../api/vocabulary.ts'
import { decodeAny, type HistorySource } from '../history/decode.ts'
import type { Dialect } from '../history/import.ts'
import { decodeHistory } from '../history/jsonl.ts'
import { copiedOperation } from '../support/copied-operation.ts'

/** What was read, as plain values that can be compared. */
export interface Read {
  readonly operations: readonly Operation[]
  readonly notes: readonly string[]
}

export const plain = (history: Sequence<Operation>): readonly Operation[] =>
  history.map((operation) => copiedOperation(operation))

const sourceOf = (text: string, name: string): HistorySource => ({
  name,
  file: null,
  firstLine: () => /\S.*/.exec(text)?.[0] ?? '',
  pieces: () => [Buffer.from(text)],
  text: () => text,
})

/** A history of any kind, as `check` reads it. */
export const readAny = (text: string, name: string, vocabulary: Vocabulary, dialect: Dialect): Read => {
  const { history, notes } = decodeAny(sourceOf(text, name), vocabulary, dialect)
  return { operations: plain(history), notes }
}

/** A history as a run records it. @param pieceBytes it comes in pieces of so many bytes */
export const readRecorded = (text: string, pieceBytes = Number.MAX_SAFE_INTEGER): Read => {
  const bytes = Buffer.from(text)
  const starts = Array.from({ length: Math.ceil(bytes.length / pieceBytes) }, (_, i) => i * pieceBytes)
  const pieces = starts.map((start) => bytes.subarray(start, start + pieceBytes))
  const { history, notes } = decodeHistory(pieces, { name: 'history.jsonl' })
  return { operations: plain(history), notes }
}
