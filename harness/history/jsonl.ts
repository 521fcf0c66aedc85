/**
 * history.jsonl: one JSON object a line, append-only. The first line is a header (schema.ts); every other line is an
 * `Operation` (see README.md beside this file). A last line that does not parse was torn by a crash: it is left out, and
 * a note says so. Whole numbers keep all their digits.
 */
import type { Operation } from '../api/history.ts'
import { UserError } from '../support/assert.ts'
import { parseJson, printJson } from '../support/json.ts'
import type { Dictionary } from './chunk.ts'
import { ChunkBuilder, type ChunkTaker } from './chunk-builder.ts'
import type { Room } from './chunks.ts'
import { type Columns, type History, HistoryBuilder, historyOf } from './columns.ts'
import { LineScan } from './line-scan.ts'
import { eachLine, type Line } from './lines.ts'
import { requireSchema } from './schema.ts'

export const encodeOperation = (operation: Operation): string => `${printJson(operation)}\n`

export interface DecodedHistory extends History {
  /** Things the reader should be told, such as a torn last line. */
  readonly notes: readonly string[]
}

const TYPES = new Set(['invoke', 'ok', 'fail', 'info'])

const malformed = (name: string, line: number, text: string, why: string): UserError =>
  new UserError(
    `${name}, line ${line}: ${why}: ${text.length > 120 ? `${text.slice(0, 120)}...` : text}\n` +
      'Each line of a history is one JSON object: see harness/history/README.md.',
  )

const validate = (value: unknown): string | null => {
  if (typeof value !== 'object' || value === null) return 'not an object'
  const op = value as Record<string, unknown>
  if (!Number.isInteger(op.index)) return 'no integer "index"'
  if (typeof op.timeNs !== 'number' || !Number.isFinite(op.timeNs)) return 'no finite "timeNs"'
  if (!Number.isInteger(op.process) && op.process !== 'nemesis')
    return '"process" is neither an integer nor "nemesis"'
  if (!TYPES.has(op.type as string)) return '"type" is none of invoke, ok, fail, info'
  if (typeof op.f !== 'string') return 'no string "f"'
  if (!('value' in op)) return 'no "value"'
  return null
}

/** Whether a line, by its fields, is an operation of ours. */
export const looksLikeOurs = (line: string): boolean =>
  /^\s*\{\s*"index"\s*:/.test(line) || /"timeNs"\s*:/.test(line) || /"schema"\s*:\s*"faultline/.test(line)

const parseLine = (line: string): unknown => {
  try {
    return parseJson(line)
  } catch {
    return undefined
  }
}

/** @throws UserError for a header that this version does not read */
const isHeader = (value: unknown, name: string): boolean => {
  if (typeof value !== 'object' || value === null || !('schema' in value)) return false
  requireSchema('history', String(value.schema), name)
  return true
}

interface Naming {
  /** The file, for messages. */
  readonly name: string
  /** The time that an operation is given. Absent: its own. */
  readonly timeOf?: (timeNs: number) => number
}

/** What is done with the operations. */
export interface Reading extends Room, Naming {
  /** Takes each. */
  readonly take?: (operation: Operation) => void
}

/** Puts the lines of a file into chunks. */
export class LineDecoder {
  readonly #name: string
  readonly #builder: ChunkBuilder
  readonly #timeOf: (timeNs: number) => number
  readonly #scan = new LineScan()
  readonly #notes: string[] = []

  constructor({ name, timeOf = (timeNs) => timeNs }: Naming, names: Dictionary, taker: ChunkTaker) {
    this.#name = name
    this.#timeOf = timeOf
    this.#builder = new ChunkBuilder(names, taker)
  }

  /**
   * Returns what the reader should be told.
   *
   * @param pieces of the file
   * @throws UserError naming the first line that is no operation, after the operations before it have been given away
   */
  take(pieces: Iterable<Uint8Array>): readonly string[] {
    try {
      eachLine(pieces, (line) => this.#take(line))
    } finally {
      this.#builder.flush()
    }
    return this.#notes
  }

  #take(line: Line): void {
    const { bytes, start, end } = line
    if (this.#scan.scan(bytes, start, end))
      this.#builder.appendScanned(this.#scan, bytes, this.#timeOf(this.#scan.timeNs))
    else this.#parse(line)
  }

  /** It may be no operation. */
  #parse({ bytes, start, end, number, isEnded }: Line): void {
    const name = this.#name
    const text = bytes.toString('utf8', start, end)
    if (text.trim() === '') return
    const value = parseLine(text)
    if (value === undefined && !isEnded) {
      this.#notes.push(
        `${name} was cut off: its last line is torn (${text.length} characters) and is left out`,
      )
      return
    }
    if (value === undefined) throw malformed(name, number, text, 'not JSON')
    if (number === 1 && isHeader(value, name)) return
    const why = validate(value)
    if (why !== null) throw malformed(name, number, text, why)
    const operation = value as Operation
    this.#builder.append({ ...operation, timeNs: this.#timeOf(operation.timeNs) })
  }
}

/** A history in columns, with what the reader should be told. */
export interface DecodedColumns {
  readonly columns: Columns
  readonly notes: readonly string[]
}

/**
 * @param pieces of the file
 * @throws UserError naming the first line that is no operation, or the first operation that breaks a rule of histories. A
 *   last line that is no JSON was torn by a crash.
 */
export const decodeColumns = (pieces: Iterable<Uint8Array>, reading: Reading): DecodedColumns => {
  const columns = new HistoryBuilder(reading, reading.take)
  const notes = new LineDecoder(reading, columns.names, columns).take(pieces)
  return { columns, notes }
}

/** The same as objects. */
export const decodeHistory = (pieces: Iterable<Uint8Array>, reading: Reading): DecodedHistory => {
  const { columns, notes } = decodeColumns(pieces, reading)
  return { ...historyOf(columns), notes }
}
