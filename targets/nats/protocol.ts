/**
 * NATS's protocol between client and server, as bytes: https://docs.nats.io/reference/reference-protocols/nats-protocol.
 * A line ends with CR LF. Messages have a payload after their line; with headers, these come first and look like HTTP's.
 */

/** What the server sends besides messages. */
type Word = 'INFO' | 'PING' | 'PONG' | '+OK' | '-ERR'

export interface Message {
  readonly type: 'message'
  readonly subject: string
  /** The number of the subscription. What a consumer delivers has the subject of the stream, whoever it is sent to. */
  readonly subscription: string
  /** Where an answer goes. Null: nobody waits for one. */
  readonly reply: string | null
  /** The status that stands in place of a payload, such as 503: nobody listens. Null: none. */
  readonly status: number | null
  /** Names as they were sent. */
  readonly headers: Readonly<Record<string, string>>
  readonly payload: Buffer
}

export type Received = Message | { readonly type: Word; readonly text: string }

const CRLF = '\r\n'
const VERSION = 'NATS/1.0'
const NOTHING = Buffer.alloc(0)

const headersOf = (bytes: Buffer): Pick<Message, 'status' | 'headers'> => {
  const [first = '', ...lines] = bytes.toString().split(CRLF)
  const status = /^NATS\/1\.0 (\d{3})/.exec(first)?.[1]
  const pairs = lines.flatMap((line) => {
    const colon = line.indexOf(':')
    return colon < 0 ? [] : [[line.slice(0, colon), line.slice(colon + 1).trim()] as const]
  })
  return { status: status === undefined ? null : Number(status), headers: Object.fromEntries(pairs) }
}

/** A message's line: its subject, the subscription, where to answer, and the lengths of its headers and of all after the line. */
const lineOf = (words: readonly string[], hasHeaders: boolean) => {
  const lengths = words.slice(hasHeaders ? -2 : -1).map(Number)
  const [subject = '', subscription = '', reply] = words.slice(0, words.length - lengths.length)
  const headerLength = hasHeaders ? (lengths[0] ?? 0) : 0
  return { subject, subscription, reply: reply ?? null, headerLength, length: lengths.at(-1) ?? 0 }
}

/** Cuts what a socket receives into what the server said. */
export class Parser {
  #rest: Buffer = NOTHING

  /** @throws if it is not the protocol */
  take(chunk: Buffer): readonly Received[] {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    const received: Received[] = []
    for (let next = this.#next(); next !== null; next = this.#next()) received.push(next)
    return received
  }

  #next(): Received | null {
    const end = this.#rest.indexOf(CRLF)
    if (end < 0) return null
    const line = this.#rest.toString('utf8', 0, end)
    const [word = '', ...words] = line.split(/\s+/)
    const after = end + CRLF.length
    if (word === 'MSG' || word === 'HMSG') return this.#message(lineOf(words, word === 'HMSG'), after)
    if (!/^(INFO|PING|PONG|\+OK|-ERR)$/.test(word))
      throw new Error(`not a line of NATS: ${line.slice(0, 80)}`)
    this.#rest = this.#rest.subarray(after)
    return { type: word as Word, text: line.slice(word.length).trim() }
  }

  #message(line: ReturnType<typeof lineOf>, start: number): Message | null {
    const { subject, subscription, reply, headerLength, length } = line
    if (!(length >= headerLength)) throw new Error(`a message of NATS without its length: ${subject}`)
    if (this.#rest.length < start + length + CRLF.length) return null
    const bytes = this.#rest.subarray(start, start + length)
    this.#rest = this.#rest.subarray(start + length + CRLF.length)
    const parsed =
      headerLength === 0 ? { status: null, headers: {} } : headersOf(bytes.subarray(0, headerLength))
    return { type: 'message', subject, subscription, reply, ...parsed, payload: bytes.subarray(headerLength) }
  }
}

/** The bytes that publish a message. */
export const publication = (
  subject: string,
  reply: string | null,
  payload: Buffer,
  headers: Readonly<Record<string, string>> = {},
): Buffer => {
  const to = reply === null ? subject : `${subject} ${reply}`
  const pairs = Object.entries(headers)
  if (pairs.length === 0)
    return Buffer.concat([Buffer.from(`PUB ${to} ${payload.length}${CRLF}`), payload, Buffer.from(CRLF)])
  const head = Buffer.from(
    `${VERSION}${CRLF}${pairs.map(([name, value]) => `${name}: ${value}${CRLF}`).join('')}${CRLF}`,
  )
  const line = Buffer.from(`HPUB ${to} ${head.length} ${head.length + payload.length}${CRLF}`)
  return Buffer.concat([line, head, payload, Buffer.from(CRLF)])
}
