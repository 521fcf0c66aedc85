/** `faultline export`: a run's history as JSON Lines, Jepsen's EDN, or CSV. */
import type { Operation } from '../../api/history.ts'
import { encodeJepsen } from '../../history/jepsen.ts'
import { encodeOperation } from '../../history/jsonl.ts'
import { encodeHeader } from '../../history/schema.ts'
import { loadRun } from '../../store/run-store.ts'
import { ownVersion } from '../../store/version.ts'
import { unknownName } from '../run/registries.ts'

const csvField = (value: unknown): string => {
  const text = typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value)
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

const COLUMNS = ['index', 'timeNs', 'process', 'type', 'f', 'value', 'node', 'error', 'meta'] as const

const encodeCsv = (history: readonly Operation[]): string =>
  [
    COLUMNS.join(','),
    ...history.map((operation) => COLUMNS.map((column) => csvField(operation[column])).join(',')),
  ]
    .join('\n')
    .concat('\n')

const FORMATS: Readonly<Record<string, (history: readonly Operation[]) => string>> = {
  edn: encodeJepsen,
  jsonl: (history) => encodeHeader('history', ownVersion()) + history.map(encodeOperation).join(''),
  csv: encodeCsv,
}

export const exportCommand = async (
  run: string,
  { format }: { readonly format: string },
): Promise<number> => {
  const encode = FORMATS[format]
  if (encode === undefined) throw unknownName('format', format, Object.keys(FORMATS))
  process.stdout.write(encode(loadRun(run).record.history))
  return 0
}
