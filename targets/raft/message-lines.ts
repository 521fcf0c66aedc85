/** Lines of a node's log about messages between nodes (`--target-opts log-messages=true`). */
import type { NodeId } from '../protocol/commands.ts'
import * as lines from '../protocol/message-lines.ts'
import type { Envelope, Message } from './core/types.ts'

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

export const sentLine = ({ to, message }: Envelope): string => lines.sentLine(to, inWords(message))

export const receivedLine = (from: NodeId, message: Message): string =>
  lines.receivedLine(from, inWords(message))
