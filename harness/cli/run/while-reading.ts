/** Judges a history file; a long one while another thread reads it. */
import type { Vocabulary } from '../../api/vocabulary.ts'
import { HistoryAlong } from '../../history/along.ts'
import type { History } from '../../history/columns.ts'
import { decodeAny, type HistorySource, isOurs } from '../../history/decode.ts'
import type { Dialect } from '../../history/import.ts'
import { isWorthAThread, ScanThread } from '../../store/scan-thread.ts'

interface JudgedSource<T> {
  readonly judged: T
  /** What is to be known of how it was read. */
  readonly notes: readonly string[]
}

/**
 * @param judge is given what may still be read: its own end is the end of the history
 * @throws UserError where it is no history, or does not fit the vocabulary; else what `judge` throws
 */
export const judgeWhileReading = async <T>(
  source: HistorySource,
  { vocabulary, dialect }: { readonly vocabulary: Vocabulary; readonly dialect: Dialect },
  judge: (history: History) => Promise<T>,
): Promise<JudgedSource<T>> => {
  const { file, name, makeSpill } = source
  if (!isOurs(source) || file === null || !isWorthAThread(file)) {
    const { notes, ...history } = decodeAny(source, vocabulary, dialect)
    return { notes, judged: await judge(history) }
  }
  await using thread = new ScanThread(file, name)
  const along = new HistoryAlong(thread, { name, vocabulary, makeSpill })
  const [judged] = await Promise.allSettled([judge(along)])
  // What is wrong with the history may be why it could not be judged.
  const notes = along.finish()
  if (judged.status === 'rejected') throw judged.reason
  return { notes, judged: judged.value }
}
