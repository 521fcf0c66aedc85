/** Lines of a node's log about messages between nodes (`--target-opts log-messages=true`). */
import type { NodeId } from '../protocol/commands.ts'
import * as lines from '../protocol/message-lines.ts'
import type { Envelope, Message } from './core/types.ts'

const inWords = (message: Message): string => {
  switch (message.type) {
    case 'prepare':
      return `prepare ballot ${message.ballot}`
    case 'promise':
      return `promise ballot ${message.ballot}, chosen to ${message.chosenTo}, ${message.accepted.length} accepted above`
    case 'accept':
      return `accept ballot ${message.ballot}, round ${message.round}, slots ${message.entries.map(({ slot }) => slot).join(' ') || 'none'}, chosen to ${message.chosenTo}`
    case 'accepted':
      return `accepted ballot ${message.ballot}, round ${message.round}, slots ${message.slots.join(' ') || 'none'}`
    case 'refuse':
      return `refuse ballot ${message.ballot}, promised ${message.promised}`
    case 'ask':
      return `ask from slot ${message.from}`
    case 'learn':
      return `learn ${message.entries.length} values from slot ${message.entries[0]?.slot ?? 'none'}, chosen to ${message.chosenTo}`
    case 'snapshot':
      return `snapshot to slot ${message.snapshot.index}`
  }
}

export const sentLine = ({ to, message }: Envelope): string => lines.sentLine(to, inWords(message))

export const receivedLine = (from: NodeId, message: Message): string =>
  lines.receivedLine(from, inWords(message))
