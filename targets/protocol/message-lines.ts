/** Lines of a node's log about messages between nodes: how they are written, and read back. */
import type { LoggedMessage } from '../../harness/api/message.ts'
import type { NodeId } from './commands.ts'

/** @param words about the message, the same at both nodes */
export const sentLine = (to: NodeId, words: string): string => `sends to ${to}: ${words}`

export const receivedLine = (from: NodeId, words: string): string => `receives from ${from}: ${words}`

/** After the time, from the beginning of the line. */
const LINE = /^\S+ (?:(?<sent>sends to)|receives from) (?<peer>[\w.-]+): (?<info>.+)$/

export const messageInLine = (line: string): LoggedMessage | null => {
  const { sent, peer, info } = LINE.exec(line)?.groups ?? {}
  if (peer === undefined || info === undefined) return null
  return { did: sent === undefined ? 'received' : 'sent', peer, info }
}
