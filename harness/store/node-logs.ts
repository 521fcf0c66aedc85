/** Reads what the nodes wrote, the end of each log: a day's logs do not fit into memory. */
import fs from 'node:fs'
import path from 'node:path'
import type { NodeLog } from '../api/record.ts'
import { type LogCut, readLogCuts } from './log-cuts.ts'

/** At most this much of each file is read, from its end. */
export const MOST_LOG_BYTES = 16 * 2 ** 20

interface End {
  readonly text: string
  /** What stands before it in the file. */
  readonly beforeBytes: number
}

/** The last lines, from there on. What is left of the one before them is no line. */
const readEnd = (file: string, fromByte: number): End => {
  const fd = fs.openSync(file, 'r')
  try {
    const { size } = fs.fstatSync(fd)
    const first = Math.max(Math.min(fromByte, size), size - MOST_LOG_BYTES)
    const end = Buffer.alloc(size - first)
    const read = fs.readSync(fd, end, 0, end.length, first)
    const from = first <= fromByte ? 0 : end.indexOf('\n') + 1
    return { text: end.toString('utf8', from, read), beforeBytes: first + from }
  } finally {
    fs.closeSync(fd)
  }
}

const readLog = (folder: string, node: string, file: string, cuts: readonly LogCut[]): NodeLog => {
  const cut = cuts.find((each) => each.node === node && each.file === file)
  const { text, beforeBytes } = readEnd(path.join(folder, node, file), cut?.endsFrom ?? 0)
  const leftOutBytes = beforeBytes + (cut?.leftOutBytes ?? 0)
  const telling = (cut?.telling ?? []).map((line) => `${line}\n`).join('')
  return { node, text: `${telling}${text}`, ...(leftOutBytes === 0 ? {} : { leftOutBytes }) }
}

/** Every file in every node's folder; null if there is no such folder. @param dir of the run @param name of the nodes' folder in it */
export const readLogs = (dir: string, name: string): readonly NodeLog[] | null => {
  const folder = path.join(dir, name)
  if (!fs.existsSync(folder)) return null
  const cuts = readLogCuts(dir)
  return fs
    .readdirSync(folder)
    .flatMap((node) =>
      fs.readdirSync(path.join(folder, node)).map((file) => readLog(folder, node, file, cuts)),
    )
}

const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MB`

const noteOn = ({ node, file, leftOutBytes, leftOutLines, telling, moreTelling }: LogCut): string => {
  const what =
    leftOutBytes === 0
      ? `the log ${file} of ${node} is long: its end was read`
      : `the log ${file} of ${node} is long: ${megabytes(leftOutBytes)} (${leftOutLines} lines) were taken out of its middle while the run went on, and its end was read`
  const looked = 'every line before that was looked at by the checkers of logs'
  const more = moreTelling === 0 ? '' : `, and ${moreTelling} more`
  return `${what}; ${looked}, which had something to say of ${telling.length}${more}.`
}

/** What was left out of the logs, in sentences. */
export const logNotes = (dir: string): readonly string[] => readLogCuts(dir).map(noteOn)
