import { describe, expect, it } from 'vitest'
import { messageInLine } from '../protocol/message-lines.ts'
import type { Entry, Message } from './core/types.ts'
import { receivedLine, sentLine } from './message-lines.ts'

const entry: Entry = { slot: 4, proposed: 6, command: { kind: 'noop' } }

const MESSAGES: readonly (readonly [Message, string])[] = [
  [{ type: 'prepare', ballot: 6 }, 'prepare ballot 6'],
  [
    { type: 'promise', ballot: 6, chosenTo: 3, accepted: [{ ballot: 6, entry }] },
    'promise ballot 6, chosen to 3, 1 accepted above',
  ],
  [
    { type: 'accept', ballot: 6, entries: [entry], chosenTo: 3, round: 2 },
    'accept ballot 6, round 2, slots 4, chosen to 3',
  ],
  [{ type: 'accepted', ballot: 6, slots: [], round: 2 }, 'accepted ballot 6, round 2, slots none'],
  [{ type: 'refuse', ballot: 6, promised: 9 }, 'refuse ballot 6, promised 9'],
  [{ type: 'ask', from: 4 }, 'ask from slot 4'],
  [{ type: 'learn', entries: [entry], chosenTo: 9 }, 'learn 1 values from slot 4, chosen to 9'],
  [{ type: 'snapshot', snapshot: { index: 5, data: '' }, chosenTo: 9 }, 'snapshot to slot 5'],
]

describe('a line about a message', () => {
  it.each(MESSAGES)('says the same at its sender and its receiver: $type', (message, info) => {
    const sent = messageInLine(`2026-11-27T15:00:05.000Z ${sentLine({ from: 'n1', to: 'n2', message })}`)
    const received = messageInLine(`2026-11-27T15:00:05.001Z ${receivedLine('n1', message)}`)
    expect(sent).toEqual({ did: 'sent', peer: 'n2', info })
    expect(received).toEqual({ did: 'received', peer: 'n1', info })
  })
})
