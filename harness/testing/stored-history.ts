/** A history in a folder of its own, and all that was read of it as one short text. */
import crypto from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import type { Operation } from '../api/history.ts'
import { type DecodedHistory, encodeOperation } from '../history/jsonl.ts'
import { encodeHeader } from '../history/schema.ts'
import { readRunHistory } from '../store/run-history.ts'
import { FILES } from '../store/run-store.ts'
import { printJson } from '../support/json.ts'
import { temporaryFolder } from './command.ts'

interface StoredHistory extends Disposable {
  readonly dir: string
  /** history.jsonl. */
  readonly file: string
  /** history.columns. */
  readonly columns: string
}

export const storeHistory = (operations: readonly Operation[]): StoredHistory => {
  const folder = temporaryFolder()
  const file = path.join(folder.path, FILES.history)
  fs.writeFileSync(file, encodeHeader('history', '0.0.0') + operations.map(encodeOperation).join(''))
  return {
    dir: folder.path,
    file,
    columns: path.join(folder.path, FILES.columns),
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  }
}

/** Of every operation, every pair and every note. */
export const digestOf = ({ history, pairs, notes }: DecodedHistory): string => {
  const hash = crypto.createHash('sha256')
  for (const operation of history) hash.update(printJson(operation))
  for (const { invocation, completion } of pairs)
    hash.update(`${invocation.index}-${completion?.index ?? ''}-${printJson(completion?.value)}\n`)
  return hash.update(printJson(notes)).digest('hex')
}

/** As runs are read, however short it is. */
export const readStored = (file: string, mostInMemory?: number): DecodedHistory =>
  readRunHistory(file, { shortestBytes: 0, mostInMemory })
