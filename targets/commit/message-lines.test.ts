import { describe, expect, it } from 'vitest'
import { messageInLine } from '../protocol/message-lines.ts'
import type { Message } from './core/types.ts'
import { receivedLine, sentLine } from './message-lines.ts'

const tx = 'n1.2.17'
const prepare = { type: 'prepare', tx, participants: ['n1', 'n2'], steps: [], floor: 0 } as const

const MESSAGES: readonly (readonly [words: string, message: Message])[] = [
  ['prepare n1.2.17, 0 steps, of n1 n2', { ...prepare, isLoneRead: false }],
  ['read n1.2.17, 0 steps, of n1 n2', { ...prepare, isLoneRead: true }],
  ['vote yes n1.2.17', { type: 'vote', tx, vote: 'yes', results: [] }],
  ['vote no n1.2.17, locked', { type: 'vote', tx, vote: 'no', why: 'locked' }],
  ['commit n1.2.17', { type: 'decision', tx, outcome: 'commit', why: null }],
  ['abort n1.2.17, unknown', { type: 'decision', tx, outcome: 'abort', why: 'unknown' }],
  ['ack n1.2.17', { type: 'ack', tx }],
  ['ask n1.2.17', { type: 'ask', tx, participants: ['n1', 'n2'] }],
]

describe('a line about a message', () => {
  it.each(MESSAGES)('says the same at its sender and its receiver: %s', (words, message) => {
    const sent = messageInLine(`2026-11-27T15:00:05.000Z ${sentLine({ from: 'n1', to: 'n2', message })}`)
    const received = messageInLine(`2026-11-27T15:00:05.001Z ${receivedLine('n1', message)}`)
    expect(sent).toEqual({ did: 'sent', peer: 'n2', info: words })
    expect(received).toEqual({ did: 'received', peer: 'n1', info: words })
  })
})
