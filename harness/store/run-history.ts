/**
 * Reads the history of a run: from its columns (columns-file.ts) where they are stored, and otherwise from history.jsonl. The
 * first reading of a long history stores its columns in the same pass; what does not fit into memory is read from there.
 */
import fs from 'node:fs'
import { historyOf } from '../history/columns.ts'
import { type DecodedHistory, decodeColumns, decodeHistory } from '../history/jsonl.ts'
import { openColumns, removeUnfinished, UnfinishedColumns, unlessRefused } from './columns-file.ts'
import { piecesOf } from './history-file.ts'
import { OriginReading } from './origin.ts'
import { SpillFile } from './spill-file.ts'

/** A shorter history, of some 20,000 operations, is read in a fifth of a second. */
const SHORTEST_BYTES = 2 ** 22

/** @throws UserError if the history is malformed */
export const readHistory = (file: string): DecodedHistory =>
  decodeHistory(piecesOf(file), { name: file, makeSpill: () => new SpillFile() })

interface How {
  /** Absent: such that small runs are neither slower nor larger. */
  readonly shortestBytes?: number
  /** Chunks. Absent: some 40 MB. */
  readonly mostInMemory?: number | undefined
}

/**
 * The history of a run that is over.
 *
 * @throws UserError if it is malformed
 */
export const readRunHistory = (file: string, how: How = {}): DecodedHistory => {
  const { shortestBytes = SHORTEST_BYTES, mostInMemory } = how
  if (fs.statSync(file).size < shortestBytes) return readHistory(file)
  removeUnfinished(file)
  const columns = openColumns(file, mostInMemory)
  if (columns !== null) return { ...historyOf(columns), notes: [] }
  return unlessRefused(() => readAndStore(file, mostInMemory)) ?? readHistory(file)
}

/** In one pass. */
const readAndStore = (file: string, mostInMemory: number | undefined): DecodedHistory => {
  using unfinished = new UnfinishedColumns(file)
  return decodeInto(unfinished, file, mostInMemory)
}

const decodeInto = (
  unfinished: UnfinishedColumns,
  name: string,
  mostInMemory: number | undefined,
): DecodedHistory => {
  const { file } = unfinished
  const origin = new OriginReading(name)
  const reading = { name, makeSpill: () => file, spillsAll: true, mostInMemory }
  try {
    const header = unfinished.begin()
    const { columns, notes } = decodeColumns(origin.pieces(), reading)
    const read = origin.end()
    // What is to be said of a history is found in its text.
    if (read !== null && notes.length === 0) unfinished.finish(header, columns, read)
    return { ...historyOf(columns), notes }
  } catch (error) {
    // A full disk has its room again.
    file.close()
    throw error
  }
}
