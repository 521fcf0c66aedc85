/** Lines of a node's log about messages between nodes: how they are written, and read back (`--target-opts log-messages=true`). */
import type { LoggedMessage } from '../../harness/api/message.ts'
import type { Envelope, Message, NodeId } from './core/types.ts'

const inWords = (message: Message): string => {
  const { type, term } = message
  switch (message.type) {
    case 'vote':
    case 'preVote':
      return `${type} term ${term}, last entry ${message.lastIndex} of term ${message.lastTerm}`
    case 'voteReply':
    case 'preVoteReply':
      return `${type} term ${term}, ${message.granted ? 'granted' : 'refused'}`
    case 'append':
      return `append term ${term}, round ${message.round}, ${message.entries.length} entries after ${message.prevIndex}, commit ${message.commit}`
    case 'appendReply':
      return `appendReply term ${term}, round ${message.round}, ${message.success ? 'matches to' : 'refused, try'} ${message.index}`
    case 'snapshot':
      return `snapshot term ${term}, round ${message.round}, to ${message.snapshot.index}`
  }
}

export const sentLine = ({ to, message }: Envelope): string => `sends to ${to}: ${inWords(message)}`

export const receivedLine = (from: NodeId, message: Message): string =>
  `receives from ${from}: ${inWords(message)}`

/** After the time, from the beginning of the line. */
const LINE = /^\S+ (?:(?<sent>sends to)|receives from) (?<peer>[\w.-]+): (?<info>.+)$/

export const messageInLine = (line: string): LoggedMessage | null => {
  const { sent, peer, info } = LINE.exec(line)?.groups ?? {}
  if (peer === undefined || info === undefined) return null
  return { did: sent === undefined ? 'received' : 'sent', peer, info }
}
