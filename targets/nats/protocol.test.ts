import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Parser, publication, type Received } from './protocol.ts'

/** What is received if the bytes arrive in pieces of this length. */
const received = (bytes: Buffer, length: number): readonly Received[] => {
  const parser = new Parser()
  const pieces = Array.from({ length: Math.ceil(bytes.length / length) }, (_, at) =>
    bytes.subarray(at * length, (at + 1) * length),
  )
  return pieces.flatMap((piece) => parser.take(piece))
}

describe('what a server sends', () => {
  it('is lines and messages, of which any may have a reply and headers', () =>
    expect(
      received(
        Buffer.from(
          'INFO {"a":1}\r\nPING\r\n-ERR \'Stale Connection\'\r\nMSG a.b 1 5\r\nx\r\ny\r\r\nMSG a 1 r.1 0\r\n\r\n' +
            'HMSG b 1 30 33\r\nNATS/1.0\r\nNats-Sequence: 7\r\n\r\n{1}\r\nHMSG c 1 r 16 16\r\nNATS/1.0 503\r\n\r\n\r\n',
        ),
        1000,
      ),
    ).toMatchObject([
      { type: 'INFO', text: '{"a":1}' },
      { type: 'PING', text: '' },
      { type: '-ERR', text: "'Stale Connection'" },
      { subject: 'a.b', reply: null, status: null, payload: Buffer.from('x\r\ny\r') },
      { subject: 'a', reply: 'r.1', payload: Buffer.from('') },
      { subject: 'b', reply: null, headers: { 'Nats-Sequence': '7' }, payload: Buffer.from('{1}') },
      { subject: 'c', reply: 'r', status: 503, payload: Buffer.from('') },
    ]))

  it('that is not NATS is refused', () => {
    expect(() => received(Buffer.from('HTTP/1.1 400\r\n'), 100)).toThrow('not a line of NATS: HTTP/1.1 400')
    expect(() => received(Buffer.from('MSG a 1\r\n'), 100)).not.toThrow()
    expect(() => received(Buffer.from('MSG a b c\r\n'), 100)).toThrow('without its length')
  })
})

it('a publication is read back whole, in pieces of any length', () =>
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 60 }),
      fc.dictionary(fc.stringMatching(/^[A-Z][a-z-]{0,8}$/), fc.stringMatching(/^[!-~]{1,9}$/), {
        maxKeys: 3,
      }),
      fc.integer({ min: 1, max: 40 }),
      (payload, headers, length) => {
        const sent = publication('a.b', 'reply', Buffer.from(payload), headers).toString('latin1')
        // A server sends it on with the number of the subscription.
        const delivered = sent.replace(/^(H?)PUB a\.b/, '$1MSG a.b 1')
        expect(received(Buffer.from(delivered, 'latin1'), length)).toEqual([
          {
            type: 'message',
            subject: 'a.b',
            subscription: '1',
            reply: 'reply',
            status: null,
            headers,
            payload: Buffer.from(payload),
          },
        ])
      },
    ),
  ))
