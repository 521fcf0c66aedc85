/** A history file of any kind, in the words of a vocabulary. */
import type { Vocabulary } from '../api/vocabulary.ts'
import { readForeign } from './foreign.ts'
import { type Dialect, type ImportedHistory, importHistory } from './import.ts'
import { decodeHistory, looksLikeOurs } from './jsonl.ts'
import { pairOperations } from './pairs.ts'
import { holdTimes } from './times.ts'
import { checkHistory } from './validate.ts'

const firstLine = (text: string): string => /\S.*/.exec(text)?.[0] ?? ''

/**
 * @param name of the file, for messages
 * @throws UserError naming the line that is not understood, or the operation that does not fit the vocabulary
 */
export const decodeAny = (
  text: string,
  name: string,
  vocabulary: Vocabulary,
  dialect: Dialect,
): ImportedHistory => {
  if (!looksLikeOurs(firstLine(text))) return importHistory(readForeign(text, name), vocabulary, dialect)
  const history = decodeHistory(text, name)
  const { operations, note } = holdTimes(history.operations)
  checkHistory(operations, vocabulary, ({ index }) => `${name}, operation ${index}`)
  pairOperations(operations)
  return { operations, notes: [...history.notes, ...(note === null ? [] : [note])] }
}
