/** A history as CSV (RFC 4180): one operation per line; values other than strings as JSON. */
import { printJson } from '../../support/json.ts'
import type { HistoryFormat } from './format.ts'

const COLUMNS = ['index', 'timeNs', 'process', 'type', 'f', 'value', 'node', 'error', 'meta'] as const

const fieldOf = (value: unknown): string => {
  const text = typeof value === 'string' ? value : value === undefined ? '' : printJson(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

export const csv: HistoryFormat = {
  name: 'csv',
  description: 'for spreadsheets',
  encode: ({ history }) => {
    const lines = history.map((operation) => COLUMNS.map((column) => fieldOf(operation[column])).join(','))
    return `${[COLUMNS.join(','), ...lines].join('\n')}\n`
  },
}
