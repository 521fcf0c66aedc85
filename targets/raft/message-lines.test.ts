import { describe, expect, it } from 'vitest'
import { messageInLine } from '../protocol/message-lines.ts'
import type { Message } from './core/types.ts'
import { receivedLine, sentLine } from './message-lines.ts'

const MESSAGES: readonly Message[] = [
  { type: 'preVote', term: 2, lastIndex: 7, lastTerm: 1 },
  { type: 'vote', term: 2, lastIndex: 7, lastTerm: 1 },
  { type: 'voteReply', term: 2, granted: false },
  { type: 'append', term: 2, prevIndex: 7, prevTerm: 1, entries: [], commit: 6, round: 4 },
  { type: 'appendReply', term: 2, success: true, index: 7, round: 4 },
  { type: 'snapshot', term: 2, snapshot: { index: 5, term: 1, members: [], data: '' }, round: 4 },
]

describe('a line about a message', () => {
  it.each(MESSAGES)('says the same at its sender and its receiver: $type', (message) => {
    const sent = messageInLine(`2026-11-27T15:00:05.000Z ${sentLine({ from: 'n1', to: 'n2', message })}`)
    const received = messageInLine(`2026-11-27T15:00:05.001Z ${receivedLine('n1', message)}`)
    expect(sent).toEqual({ did: 'sent', peer: 'n2', info: sent?.info })
    expect(received).toEqual({ did: 'received', peer: 'n1', info: sent?.info })
    expect(sent?.info).toMatch(new RegExp(`^${message.type} term 2`))
  })

  it('is told from others', () => {
    expect(messageInLine('2026-11-27T15:00:05.000Z follower in term 1, leader unknown')).toBeNull()
    expect(messageInLine('sends to n2: vote')).toBeNull()
  })
})
