/** Lines of a node's log about messages between nodes (`--target-opts log-messages=true`). */
import type { NodeId } from '../protocol/commands.ts'
import * as lines from '../protocol/message-lines.ts'
import type { Envelope, Message } from './core/types.ts'

const inWords = (message: Message): string => {
  switch (message.type) {
    case 'append':
      return `append view ${message.view}, ${message.entries.length} entries after ${message.previous.index}, commit ${message.commit}`
    case 'state':
      return `state view ${message.view}, to ${message.snapshot.index}`
    case 'appended':
      return `appended view ${message.view}, ${message.matches ? 'matches to' : 'does not match, try'} ${message.index}`
    case 'fenced':
      return `fenced by view ${message.view}`
    case 'propose':
      return `propose view ${message.view}, log ends at ${message.last.index} of view ${message.last.view}`
    case 'vote':
      return `vote for view ${message.view}`
    case 'ping':
      return `ping in view ${message.view}`
    case 'view':
      return `view ${message.view.number}`
  }
}

export const sentLine = ({ to, message }: Envelope): string => lines.sentLine(to, inWords(message))

export const receivedLine = (from: NodeId, message: Message): string =>
  lines.receivedLine(from, inWords(message))
