/** Lines of a node's log about messages between nodes (`--target-opts log-messages=true`). */
import type { NodeId } from '../protocol/commands.ts'
import * as lines from '../protocol/message-lines.ts'
import type { Envelope, Message } from './core/types.ts'

const inWords = (message: Message): string => {
  switch (message.type) {
    case 'propose':
      return `propose ${message.proposal.outcome} ${message.proposal.tx}`
    case 'paxos':
      return `decisions: ${message.message.type}`
    case 'prepare':
      return `${message.isLoneRead ? 'read' : 'prepare'} ${message.tx}, ${message.steps.length} steps, of ${message.participants.join(' ')}`
    case 'vote':
      return `vote ${message.vote} ${message.tx}${message.vote === 'no' ? `, ${message.why}` : ''}`
    case 'decision':
      return `${message.outcome} ${message.tx}${message.why === null ? '' : `, ${message.why}`}`
    case 'ack':
      return `ack ${message.tx}`
    case 'ask':
      return `ask ${message.tx}`
  }
}

export const sentLine = ({ to, message }: Envelope): string => lines.sentLine(to, inWords(message))

export const receivedLine = (from: NodeId, message: Message): string =>
  lines.receivedLine(from, inWords(message))
