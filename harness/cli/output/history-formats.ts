/** The export formats of histories. To add one, write its value and add its line here. */
import { encodeEdn } from '../../history/export.ts'

import { encodeOperation } from '../../history/jsonl.ts'
import { encodeHeader } from '../../history/schema.ts'
import { ownVersion } from '../../store/version.ts'
import { csv } from './csv.ts'
import type { HistoryFormat } from './format.ts'

const edn: HistoryFormat = {
  name: 'edn',
  description: "Jepsen's format, as Knossos and Elle read it",
  encode: ({ history }, vocabulary) => encodeEdn(history, vocabulary),
}

const jsonl: HistoryFormat = {
  name: 'jsonl',
  description: 'JSON Lines, as a run stores it',
  encode: ({ history }) => encodeHeader('history', ownVersion()) + history.map(encodeOperation).join(''),
}

const all: readonly HistoryFormat[] = [edn, jsonl, csv]

export const historyFormats: Readonly<Record<string, HistoryFormat>> = Object.fromEntries(
  all.map((format) => [format.name, format]),
)
