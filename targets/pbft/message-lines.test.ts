import { describe, expect, it } from 'vitest'
import { messageInLine } from '../protocol/message-lines.ts'
import { NULL_BATCH, NULL_DIGEST } from './core/texts.ts'
import type { Body, Message } from './core/types.ts'
import { receivedLine, sentLine } from './message-lines.ts'
import { request, said } from './testing/bench.ts'

const about = { view: 2, seq: 7, digest: NULL_DIGEST, replica: 'n1' } as const
const short = NULL_DIGEST.slice(0, 8)
const prePrepare = said({ type: 'pre-prepare', ...about })
const checkpoint = said({
  type: 'checkpoint',
  seq: 8,
  digest: NULL_DIGEST,
  root: 'root',
  replica: 'n1',
} as const)

const signed = (body: Exclude<Body, { type: 'pre-prepare' }>): Message => ({
  type: 'signed',
  signed: said(body),
})

const MESSAGES: readonly (readonly [string, Message, string])[] = [
  [
    'proposal',
    { type: 'proposal', prePrepare, batch: NULL_BATCH },
    `pre-prepare 7 in view 2, digest ${short}, 0 requests`,
  ],
  ['prepare', signed({ type: 'prepare', ...about }), `prepare 7 in view 2, digest ${short}`],
  ['commit', signed({ type: 'commit', ...about }), `commit 7 in view 2, digest ${short}`],
  ['checkpoint', signed(checkpoint.body), `checkpoint 8, digest ${short}`],
  [
    'view-change',
    signed({ type: 'view-change', view: 3, stable: 0, checkpoint: [], prepared: [], replica: 'n1' }),
    'view-change to view 3, stable to 0, 0 prepared above',
  ],
  [
    'new-view',
    signed({ type: 'new-view', view: 2, viewChanges: [], prePrepares: [prePrepare], replica: 'n1' }),
    'new-view 2, by , 1 again',
  ],
  [
    'status',
    signed({
      type: 'status',
      view: 2,
      isActive: false,
      executed: 7,
      stable: 4,
      missing: [],
      asked: 'n2',
      replica: 'n1',
    }),
    'status: view 2, waiting, executed to 7, stable to 4',
  ],
  ['request', { type: 'request', request: request(5) }, 'request of c1 at 5'],
  ['batch', { type: 'batch', batch: [request(5)] }, 'batch of 1 requests'],
  ['state', { type: 'state', certificate: [checkpoint], data: '' }, 'state after 8'],
]

describe('a line about a message', () => {
  it.each(MESSAGES)('says the same at its sender and its receiver: %s', (_, message, info) => {
    const sent = messageInLine(`2026-11-27T15:00:05.000Z ${sentLine({ from: 'n1', to: 'n2', message })}`)
    const received = messageInLine(`2026-11-27T15:00:05.001Z ${receivedLine('n1', message)}`)
    expect(sent).toEqual({ did: 'sent', peer: 'n2', info })
    expect(received).toEqual({ did: 'received', peer: 'n1', info })
  })
})
