/**
 * history.jsonl: one JSON object a line, append-only. The first line is a header (schema.ts); every other line is an
 * `Operation` (see README.md beside this file). A last line that does not parse was torn by a crash: it is left out, and
 * a note says so. Whole numbers keep all their digits.
 */
import type { Operation } from '../api/history.ts'
import { UserError } from '../support/assert.ts'
import { parseJson, printJson } from '../support/json.ts'
import type { Room } from './chunks.ts'
import { type Columns, type History, HistoryBuilder, historyOf } from './columns.ts'
import { LineScan } from './line-scan.ts'
import { eachLine, type Line } from './lines.ts'
import { Passage } from './passage.ts'
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

/** What is done with the operations. */
export interface Reading extends Room {
  /** The file, for messages. */
  readonly name: string
  /** The time that it is given. Absent: its own. */
  readonly timeOf?: (timeNs: number) => number
  /** Takes each. */
  readonly take?: (operation: Operation) => void
}

class Decoder {
  readonly notes: string[] = []
  readonly #builder: Pick<HistoryBuilder, 'append' | 'appendScanned'>
  readonly #reading: Reading
  readonly #timeOf: (timeNs: number) => number
  readonly #scan = new LineScan()

  constructor(reading: Reading, builder: Pick<HistoryBuilder, 'append' | 'appendScanned'>) {
    this.#reading = reading
    this.#builder = builder
    this.#timeOf = reading.timeOf ?? ((timeNs) => timeNs)
  }

  take(line: Line): void {
    const { bytes, start, end } = line
    const operation = this.#scan.scan(bytes, start, end)
      ? this.#builder.appendScanned(this.#scan, bytes, this.#timeOf(this.#scan.timeNs))
      : this.#parse(line)
    if (operation !== null) this.#reading.take?.(operation)
  }

  /** Null: the line is no operation. */
  #parse({ bytes, start, end, number, isEnded }: Line): Operation | null {
    const { name } = this.#reading
    const text = bytes.toString('utf8', start, end)
    if (text.trim() === '') return null
    const value = parseLine(text)
    if (value === undefined && !isEnded) {
      this.notes.push(
        `${name} was cut off: its last line is torn (${text.length} characters) and is left out`,
      )
      return null
    }
    if (value === undefined) throw malformed(name, number, text, 'not JSON')
    if (number === 1 && isHeader(value, name)) return null
    const why = validate(value)
    if (why !== null) throw malformed(name, number, text, why)
    const operation = value as Operation
    return this.#builder.append({ ...operation, timeNs: this.#timeOf(operation.timeNs) })
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
  const builder = new HistoryBuilder(reading)
  const decoder = new Decoder(reading, builder)
  eachLine(pieces, (line) => decoder.take(line))
  return { columns: builder.finish(), notes: decoder.notes }
}

/**
 * Shows each operation to `reading.take`, and keeps none.
 *
 * @throws UserError as `decodeColumns` does
 */
export const passHistory = (pieces: Iterable<Uint8Array>, reading: Omit<Reading, keyof Room>): void => {
  const decoder = new Decoder(reading, new Passage())
  eachLine(pieces, (line) => decoder.take(line))
}

/** The same as objects. */
export const decodeHistory = (pieces: Iterable<Uint8Array>, reading: Reading): DecodedHistory => {
  const { columns, notes } = decodeColumns(pieces, reading)
  return { ...historyOf(columns), notes }
}
