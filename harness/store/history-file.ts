/** Finds and reads a history file: in a Jepsen or Maelstrom store folder, compressed or not. */
import fs from 'node:fs'
import path from 'node:path'
import zlib from 'node:zlib'
import { UserError } from '../support/assert.ts'

/** What a store folder of Jepsen's or Maelstrom's may hold, best first. */
const IN_A_STORE = [
  'history.edn',
  'history.edn.gz',
  'history.jsonl',
  'history.txt',
  'history.json',
  'jepsen.log',
]

export interface HistoryText {
  readonly text: string
  /** Its path, for messages. */
  readonly file: string
}

const isGzip = (content: Buffer): boolean => content[0] === 0x1f && content[1] === 0x8b

const inFolder = (folder: string): string => {
  const found = IN_A_STORE.map((name) => path.join(folder, name)).find((file) => fs.existsSync(file))
  if (found !== undefined) return found
  throw new UserError(
    `${folder} is no run and no store of Jepsen's: none of ${IN_A_STORE.join(', ')} is in it.`,
  )
}

/** @throws UserError where nothing is there, or it cannot be read */
export const readHistoryText = (given: string): HistoryText => {
  const file = fs.statSync(given).isDirectory() ? inFolder(given) : given
  const content = fs.readFileSync(file)
  if (!isGzip(content)) return { text: content.toString('utf8'), file }
  try {
    return { text: zlib.gunzipSync(content).toString('utf8'), file }
  } catch (error) {
    throw new UserError(
      `${file} cannot be decompressed (${error instanceof Error ? error.message : String(error)}).`,
    )
  }
}
