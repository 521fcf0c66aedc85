/** Lines of a node's log about messages between nodes (`--target-opts log-messages=true`). */
import type { NodeId } from '../protocol/commands.ts'
import * as lines from '../protocol/message-lines.ts'
import type { Body, Envelope, Message } from './core/types.ts'

const bodyInWords = (body: Body): string => {
  switch (body.type) {
    case 'pre-prepare':
    case 'prepare':
    case 'commit':
      return `${body.type} ${body.seq} in view ${body.view}, digest ${body.digest.slice(0, 8)}`
    case 'checkpoint':
      return `checkpoint ${body.seq}, digest ${body.digest.slice(0, 8)}`
    case 'view-change':
      return `view-change to view ${body.view}, stable to ${body.stable}, ${body.prepared.length} prepared above`
    case 'new-view':
      return `new-view ${body.view}, by ${body.viewChanges.map((each) => each.body.replica).join(' ')}, ${body.prePrepares.length} again`
    case 'status':
      return `status: view ${body.view}${body.isActive ? '' : ', waiting'}, executed to ${body.executed}, stable to ${body.stable}`
  }
}

const inWords = (message: Message): string => {
  switch (message.type) {
    case 'signed':
      return bodyInWords(message.signed.body)
    case 'proposal':
      return `${bodyInWords(message.prePrepare.body)}, ${message.batch.length} requests`
    case 'request':
      return `request of ${message.request.client.slice(0, 8)} at ${message.request.timestamp}`
    case 'batch':
      return `batch of ${message.batch.length} requests`
    case 'state':
      return `state after ${message.certificate[0]?.body.seq ?? 0}`
  }
}

export const sentLine = ({ to, message }: Envelope): string => lines.sentLine(to, inWords(message))

export const receivedLine = (from: NodeId, message: Message): string =>
  lines.receivedLine(from, inWords(message))
