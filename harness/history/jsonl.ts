/**
 * history.jsonl: one JSON object a line, append-only. The first line is a header (schema.ts); every other line is an
 * `Operation` (see README.md beside this file). A last line that does not parse was torn by a crash: it is left out, and
 * a note says so. Whole numbers keep all their digits.
 */
import type { Operation } from '../api/history.ts'
import { UserError } from '../support/assert.ts'
import { parseJson, printJson } from '../support/json.ts'
import { requireSchema } from './schema.ts'

export const encodeOperation = (operation: Operation): string => `${printJson(operation)}\n`

export interface DecodedHistory {
  readonly operations: readonly Operation[]
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
  /"timeNs"\s*:/.test(line) || /"schema"\s*:\s*"faultline/.test(line)

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

/** @throws UserError naming the first line that is no operation. A last line that is no JSON was torn by a crash. */
export const decodeHistory = (text: string, name = 'history.jsonl'): DecodedHistory => {
  const lines = text.split('\n')
  const notes: string[] = []
  const operations: Operation[] = []
  const lastAt = lines.findLastIndex((line) => line.trim() !== '')
  for (const [at, line] of lines.entries()) {
    if (line.trim() === '') continue
    const value = parseLine(line)
    if (value === undefined && at === lastAt && !text.endsWith('\n')) {
      notes.push(`${name} was cut off: its last line is torn (${line.length} characters) and is left out`)
      continue
    }
    if (value === undefined) throw malformed(name, at + 1, line, 'not JSON')
    if (at === 0 && isHeader(value, name)) continue
    const why = validate(value)
    if (why !== null) throw malformed(name, at + 1, line, why)
    operations.push(value as Operation)
  }
  return { operations, notes }
}
