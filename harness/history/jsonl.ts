/**
 * history.jsonl: one JSON object a line, append-only. The first line is a header (schema.ts); every other line is an
 * `Operation` (see README.md beside this file). A last line without its newline was torn by a crash: it is dropped,
 * and said.
 */
import type { Operation } from '../api/history.ts'
import { UserError } from '../support/assert.ts'
import { requireSchema } from './schema.ts'

export const encodeOperation = (operation: Operation): string => `${JSON.stringify(operation)}\n`

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

export const decodeHistory = (text: string, name = 'history.jsonl'): DecodedHistory => {
  const lines = text.split('\n')
  const notes: string[] = []
  const torn = lines.pop()
  if (torn !== undefined && torn !== '') {
    notes.push(
      `the last line of ${name} was torn (${torn.length} characters without a newline) and is left out`,
    )
  }
  const operations: Operation[] = []
  lines.forEach((line, at) => {
    if (line.trim() === '') return
    let value: unknown
    try {
      value = JSON.parse(line)
    } catch {
      throw malformed(name, at + 1, line, 'not JSON')
    }
    if (at === 0 && typeof value === 'object' && value !== null && 'schema' in value) {
      requireSchema('history', String(value.schema), name)
      return
    }
    const why = validate(value)
    if (why !== null) throw malformed(name, at + 1, line, why)
    operations.push(value as Operation)
  })
  return { operations, notes }
}
