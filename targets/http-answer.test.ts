/** Answers of HTTP/1.1, cut wherever they can be, and what is none. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Answer, AnswerReader, MalformedAnswer } from './http-answer.ts'

const bytesOf = (text: string): Buffer => Buffer.from(text.replaceAll('\n', '\r\n'))

/** What a reader says of the pieces, and, where it says nothing, of the end of the connection. */
const readAll = (pieces: readonly Buffer[]): Answer | null => {
  const reader = new AnswerReader()
  // As a connection has it: one buffer for everything that arrives.
  const shared = Buffer.alloc(100_000)
  for (const [i, piece] of pieces.entries()) {
    piece.copy(shared)
    const answer = reader.take(shared.subarray(0, piece.length))
    if (answer !== null && i < pieces.length - 1) throw new Error('it was whole too early')
    if (answer !== null) return answer
  }
  return reader.end()
}

const cutAt = (bytes: Buffer, at: number): readonly Buffer[] => [bytes.subarray(0, at), bytes.subarray(at)]

const byteByByte = (bytes: Buffer): readonly Buffer[] => [...bytes].map((byte) => Buffer.of(byte))

const ANSWERS: readonly (readonly [name: string, text: string, answer: Answer])[] = [
  [
    'with a length',
    'HTTP/1.1 200 OK\nContent-Type: application/json\nContent-Length: 8\n\nfür all',
    { status: 200, text: 'für all', keptForMs: null },
  ],
  [
    'with a length of nothing',
    'HTTP/1.1 409 Conflict\ncontent-length:0\n\n',
    { status: 409, text: '', keptForMs: null },
  ],
  [
    'in chunks, with an extension, and trailers',
    'HTTP/1.1 200 OK\nTransfer-Encoding: Chunked\n\n4;a="b"\nf\u00fcr\nA \n 0123\n678\n0\nX-Sum: 1\nX-Other: 2\n\n',
    { status: 200, text: 'für 0123\r\n678', keptForMs: null },
  ],
  ['without a body: 204', 'HTTP/1.1 204 No Content\n\n', { status: 204, text: '', keptForMs: null }],
  [
    'without a body: 304 says the length of another',
    'HTTP/1.1 304 Not Modified\nContent-Length: 8\n\n',
    { status: 304, text: '', keptForMs: null },
  ],
  [
    'after others that are preliminary',
    'HTTP/1.1 100 Continue\n\nHTTP/1.1 103 Early Hints\nlink: x\n\nHTTP/1.1 201 Created\ncontent-length: 2\n\nok',
    { status: 201, text: 'ok', keptForMs: null },
  ],
  ['without a reason', 'HTTP/1.1 503\ncontent-length: 1\n\nx', { status: 503, text: 'x', keptForMs: null }],
  [
    'after which the connection is closed',
    'HTTP/1.1 200 OK\nConnection: foo, Close\nKeep-Alive: timeout=5\nContent-Length: 1\n\nx',
    { status: 200, text: 'x', keptForMs: 0 },
  ],
  [
    'after which the connection is kept for a while',
    'HTTP/1.1 200 OK\nConnection: keep-alive\nKeep-Alive: max=100, timeout=60\nContent-Length: 1\n\nx',
    { status: 200, text: 'x', keptForMs: 60_000 },
  ],
  ['of 1.0', 'HTTP/1.0 200 OK\nContent-Length: 1\n\nx', { status: 200, text: 'x', keptForMs: 0 }],
  [
    'of 1.0 that keeps the connection',
    'HTTP/1.0 200 OK\nConnection: Keep-Alive\nContent-Length: 1\n\nx',
    { status: 200, text: 'x', keptForMs: null },
  ],
]

describe('an answer', () => {
  it.each(ANSWERS)('%s is the same wherever it is cut', (_, text, answer) => {
    const bytes = bytesOf(text)
    expect(readAll([bytes])).toEqual(answer)
    for (let at = 1; at < bytes.length; at++) expect(readAll(cutAt(bytes, at))).toEqual(answer)
    expect(readAll(byteByByte(bytes))).toEqual(answer)
  })

  it.each(ANSWERS)('%s is none before its last byte', (_, text) => {
    const bytes = bytesOf(text)
    for (let at = 0; at < bytes.length; at++) expect(readAll([bytes.subarray(0, at)])).toBe(null)
  })

  it('without a length ends with the connection, which is not used again', () => {
    const bytes = bytesOf('HTTP/1.1 200 OK\nKeep-Alive: timeout=9\n\nfür alle')
    for (let at = 1; at < bytes.length; at++)
      expect(readAll(cutAt(bytes, at))).toEqual({ status: 200, text: 'für alle', keptForMs: 0 })
  })

  it('with more after it is whole, and its connection is not used again', () => {
    const bytes = bytesOf('HTTP/1.1 200 OK\nContent-Length: 1\n\nxHTTP/1.1 200 OK\n')
    expect(new AnswerReader().take(bytes)).toEqual({ status: 200, text: 'x', keptForMs: 0 })
  })

  it('in any chunks and any pieces has the text that was sent', () => {
    const texts = fc.array(fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }), { maxLength: 6 })
    fc.assert(
      fc.property(texts, fc.array(fc.nat(500), { maxLength: 8 }), fc.boolean(), (parts, cuts, isChunked) => {
        const body = Buffer.from(parts.join(''))
        const chunks = parts.map((part) => `${Buffer.byteLength(part).toString(16)}\r\n${part}\r\n`)
        const bytes = Buffer.concat([
          bytesOf(
            `HTTP/1.1 200 OK\n${isChunked ? 'transfer-encoding: chunked' : `content-length: ${body.length}`}\n\n`,
          ),
          isChunked ? Buffer.from(`${chunks.join('')}0\r\n\r\n`) : body,
        ])
        const places = [0, ...cuts.filter((at) => at < bytes.length).sort((a, b) => a - b), bytes.length]
        const pieces = places.slice(1).map((at, i) => bytes.subarray(places[i], at))
        expect(readAll(pieces)).toEqual({ status: 200, text: body.toString(), keptForMs: null })
      }),
    )
  })

  it('that has not ended shows what of it has arrived', () => {
    const reader = new AnswerReader()
    expect(reader.status).toBe(0)
    reader.take(bytesOf('HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n3\n{}'))
    expect([reader.status, reader.text]).toEqual([200, '{}'])
  })
})

describe('what is no answer is refused', () => {
  const OK = 'HTTP/1.1 200 OK\n'
  it.each([
    ['another protocol', 'SSH-2.0-OpenSSH_9\n\n'],
    ['another version', 'HTTP/2 200\n\n'],
    ['a status of two digits', 'HTTP/1.1 20 OK\n\n'],
    ['another protocol from here on', 'HTTP/1.1 101 Switching Protocols\nUpgrade: x\n\n'],
    ['a field without a name', `${OK}: x\n\n`],
    ['a field with a space in its name', `${OK}content length: 1\n\nx`],
    ['a folded line', `${OK}x: a\n b\ncontent-length: 1\n\nx`],
    ['a length and chunks', `${OK}content-length: 1\ntransfer-encoding: chunked\n\n1\nx\n0\n\n`],
    ['two lengths', `${OK}content-length: 1\ncontent-length: 2\n\nxx`],
    ['a length below nothing', `${OK}content-length: -1\n\n`],
    ['a length in words', `${OK}content-length: one\n\nx`],
    ['no length', `${OK}content-length:\n\nx`],
    ['a compressed body', `${OK}transfer-encoding: gzip, chunked\n\n1\nx\n0\n\n`],
    ['chunks of 1.0', 'HTTP/1.0 200 OK\ntransfer-encoding: chunked\n\n1\nx\n0\n\n'],
    ['a chunk without a size', `${OK}transfer-encoding: chunked\n\n\nx\n0\n\n`],
    ['a size with a sign', `${OK}transfer-encoding: chunked\n\n+1\nx\n0\n\n`],
    ['a chunk that is longer than its size', `${OK}transfer-encoding: chunked\n\n1\nxy\n0\n\n`],
  ])('%s', (_, text) => {
    const bytes = bytesOf(text)
    expect(() => readAll([bytes])).toThrow(MalformedAnswer)
    expect(() => readAll(byteByByte(bytes))).toThrow(MalformedAnswer)
  })

  it('a head without an end', () => {
    const reader = new AnswerReader()
    const feed = (): void => {
      for (let n = 0; n < 100; n++) reader.take(Buffer.from(`x-${n}: ${'a'.repeat(1000)}\r\n`))
    }
    expect(feed).toThrow('lines without an end')
  })
})
