/**
 * The frames between clients and a node (`server/http.ts`): requests and answers of HTTP/1.1 (RFC 9112) with a body of JSON and
 * its length. Anything else is not understood from there on, and passes unchanged.
 */
import type { Decoder, Frame } from '../../../harness/api/byzantine.ts'
import type { Answer, Request } from './words.ts'

const END_OF_HEAD = '\r\n\r\n'

interface Parsed {
  readonly startLine: string
  readonly body: unknown
}

const parseJson = (text: string): unknown => {
  try {
    return text === '' ? null : (JSON.parse(text) as unknown)
  } catch {
    return null
  }
}

abstract class HttpDecoder<T> implements Decoder<T> {
  rest: Buffer = Buffer.alloc(0)

  push(chunk: Buffer): readonly Frame<T>[] {
    const frames: Frame<T>[] = []
    let left = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk])
    for (;;) {
      const end = left.indexOf(END_OF_HEAD)
      if (end < 0) break
      const head = left.subarray(0, end).toString('latin1')
      if (/^transfer-encoding:/im.test(head)) throw new Error('a body without a length')
      const bodyAt = end + END_OF_HEAD.length
      const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0)
      if (left.length < bodyAt + length) break
      const bytes = left.subarray(0, bodyAt + length)
      const body = parseJson(left.subarray(bodyAt, bodyAt + length).toString())
      frames.push({ bytes, message: this.meaningOf({ startLine: head.split('\r\n')[0] ?? '', body }) })
      left = left.subarray(bodyAt + length)
    }
    this.rest = left
    return frames
  }

  protected abstract meaningOf(parsed: Parsed): T | null
}

/** One connection: its requests are answered in order. */
export class Exchange {
  readonly #open: Request[] = []

  readonly requests = (): Decoder<Request> => {
    const open = this.#open
    return new (class extends HttpDecoder<Request> {
      protected meaningOf({ startLine, body }: Parsed): Request {
        const request: Request = { type: 'request', path: startLine.split(' ')[1] ?? '', body }
        open.push(request)
        return request
      }
    })()
  }

  readonly answers = (): Decoder<Answer> => {
    const open = this.#open
    return new (class extends HttpDecoder<Answer> {
      protected meaningOf({ startLine, body }: Parsed): Answer | null {
        const request = open.shift()
        const status = Number(startLine.split(' ')[1])
        return request === undefined ? null : { type: 'answer', status, body, request }
      }
    })()
  }
}

export const encodeAnswer = ({ status, body }: Answer): Buffer => {
  const text = JSON.stringify(body)
  const head = [
    `HTTP/1.1 ${status} -`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(text)}`,
    'connection: keep-alive',
  ]
  return Buffer.from(`${head.join('\r\n')}${END_OF_HEAD}${text}`)
}
