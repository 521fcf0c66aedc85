/** messages.jsonl: captured messages by the time at which they were sent, after the times in which some are missing. */
import fs from 'node:fs'
import type { Message, MessageGap } from '../api/message.ts'
import type { RunRecord } from '../api/record.ts'
import { encodeHeader } from '../history/schema.ts'
import { readLines } from './json-lines.ts'

type Line = Message | { readonly gap: MessageGap }

/** Written at once, so that no text holds the whole file. */
const LINES_AT_ONCE = 5000

/** Replaces the file. */
export const writeMessages = (
  file: string,
  faultline: string,
  messages: readonly Message[],
  gaps: readonly MessageGap[],
): void => {
  const lines: readonly Line[] = [...gaps.map((gap) => ({ gap })), ...messages]
  fs.writeFileSync(file, encodeHeader('messages', faultline))
  for (let at = 0; at < lines.length; at += LINES_AT_ONCE) {
    const some = lines.slice(at, at + LINES_AT_ONCE).map((line) => `${JSON.stringify(line)}\n`)
    fs.appendFileSync(file, some.join(''))
  }
}

/** Null: the run captured none, or ended before they were written. */
export const readMessages = (file: string): Pick<RunRecord, 'messages' | 'messageGaps'> => {
  if (!fs.existsSync(file)) return { messages: null, messageGaps: null }
  const lines = readLines<Line>('messages', file)
  return {
    messages: lines.filter((line): line is Message => !('gap' in line)),
    messageGaps: lines.flatMap((line) => ('gap' in line ? [line.gap] : [])),
  }
}
