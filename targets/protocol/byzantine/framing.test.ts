/** Streams of the bundled clusters, cut anywhere: the frames are always the same, and their bytes are those of the stream. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Decoder } from '../../../harness/api/byzantine.ts'
import { Exchange, encodeAnswer } from './exchanges.ts'
import { encodeLine, LineDecoder } from './lines.ts'

/** The stream in pieces that begin at these places. */
const pieces = (bytes: Buffer, cuts: readonly number[]): readonly Buffer[] => {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length]
  return places.slice(1).map((to, i) => bytes.subarray(places[i], to))
}

const expectSame = <M>(make: () => Decoder<M>, bytes: Buffer, messages: readonly unknown[]): void => {
  fc.assert(
    fc.property(fc.array(fc.nat(10_000), { maxLength: 6 }), (cuts) => {
      const decoder = make()
      const frames = pieces(bytes, cuts).flatMap((piece) => decoder.push(piece))
      expect(Buffer.concat([...frames.map((frame) => frame.bytes), decoder.rest])).toEqual(bytes)
      expect(frames.map(({ message }) => message)).toEqual(messages)
    }),
    { numRuns: 200, seed: 1 },
  )
}

describe('lines between nodes', () => {
  const envelope = { from: 'n1', to: 'n2', message: { type: 'vote', text: 'ä' } }

  it('are messages, with and without a checksum; what is no JSON passes as it is', () => {
    const line = JSON.stringify(envelope)
    const stream = Buffer.from(`${line}\n#0123abcd${line}\nno JSON\n{"from"`)
    const said = { type: 'message', envelope }
    expectSame(() => new LineDecoder(), stream, [said, said, null])
  })

  it('are read back as they were made up', () => {
    const words = { type: 'message', envelope } as const
    expect(new LineDecoder().push(encodeLine(words))[0]?.message).toEqual(words)
  })
})

const request = (path: string, body: unknown): string => {
  const text = JSON.stringify(body)
  return `POST ${path} HTTP/1.1\r\nhost: n1\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`
}

const CALL = { vocabulary: 'register', call: { f: 'read', value: { key: 'ä' } } }

describe('an exchange with a client', () => {
  it('gives each answer the request that it answers', () => {
    const exchange = new Exchange()
    const asked = ['/call', '/status'].map((path) => ({ type: 'request', path, body: CALL }))
    exchange.requests().push(Buffer.from(asked.map(({ path, body }) => request(path, body)).join('')))
    const answers = asked.map(({ path, body }, i) => ({
      type: 'answer' as const,
      status: 200 + i,
      body: { value: i },
      request: { type: 'request' as const, path, body },
    }))
    const frames = exchange.answers().push(Buffer.concat(answers.map(encodeAnswer)))
    expect(frames.map(({ message }) => message)).toEqual(answers)
  })

  it('is cut into the same requests wherever its stream is cut', () => {
    const stream = Buffer.from(`${request('/call', CALL)}${request('/session', {})}POST /ca`)
    expectSame(() => new Exchange().requests(), stream, [
      { type: 'request', path: '/call', body: CALL },
      { type: 'request', path: '/session', body: {} },
    ])
  })

  it('is given up where a body has no length', () => {
    const chunked = Buffer.from('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n')
    expect(() => new Exchange().answers().push(chunked)).toThrow('without a length')
  })
})
