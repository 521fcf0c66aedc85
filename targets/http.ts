/**
 * JSON requests for the clients of targets, without hidden retries. A client has one connection for each node, and more only
 * while it has several requests there. Errors
 * are sorted by one question: can the request have reached the node?
 */
import { type Answer, AnswerReader } from './http-answer.ts'
import { HttpConnection, type Patience } from './http-connection.ts'

export type HttpResult =
  | { readonly type: 'response'; readonly status: number; readonly body: unknown }
  /** The request was never sent: the connection was refused or could not be made. */
  | { readonly type: 'unsent'; readonly error: string }
  /** It was sent, or may have been, and no complete answer arrived. */
  | { readonly type: 'doubt'; readonly error: string }

/** Errors that happen before the first byte of the request is written. */
const UNSENT = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL', 'CONNECT_TIMEOUT'])

const codeOf = (error: unknown): string => {
  const code = (error as { code?: unknown }).code
  return typeof code === 'string' ? code : error instanceof Error ? error.name : String(error)
}

const parse = (text: string): unknown => {
  try {
    return text === '' ? {} : JSON.parse(text)
  } catch {
    return { error: text.slice(0, 200) }
  }
}

/** Neither ends a line nor a word: whatever is in it stays one path, or one value. */
const PATH = /^\/[!-~]*$/
const FIELD_NAME = /^[!#$%&'*+.^_`|~\w-]+$/
const FIELD_VALUE = /^[ -~]*$/

const fieldOf = ([name, value]: readonly [string, string]): string => {
  if (FIELD_NAME.test(name) && FIELD_VALUE.test(value)) return `${name}: ${value}\r\n`
  throw new TypeError(`a header cannot have this name or value: ${name}: ${value}`)
}

/** The last line may not be complete yet. */
const linesIn = (text: string): readonly unknown[] => text.split('\n').slice(0, -1).map(parse)

class StreamReader extends AnswerReader {
  readonly #isLast: (line: unknown) => boolean
  readonly #enough: AbortController

  /** @param enough aborted when the last line has arrived */
  constructor(isLast: (line: unknown) => boolean, enough: AbortController) {
    super()
    this.#isLast = isLast
    this.#enough = enough
  }

  override take(piece: Buffer): Answer | null {
    const answer = super.take(piece)
    if (answer === null && linesIn(this.text).some(this.#isLast)) this.#enough.abort()
    return answer
  }
}

/** What is known of a server, so that a request needs no more than its path and its body. */
interface Server {
  readonly origin: URL
  readonly fields: string
  /** Those that are in use, or may be used again. */
  readonly connections: Set<HttpConnection>
}

type Method = 'GET' | 'POST' | 'PUT'

export class JsonHttp implements AsyncDisposable {
  readonly #localAddress: string | undefined
  readonly #fields: string
  readonly #servers = new Map<string, Server>()

  /** @param headers of every request, such as `authorization` */
  constructor(localAddress?: string, headers: Readonly<Record<string, string>> = {}) {
    this.#localAddress = localAddress
    this.#fields = Object.entries({ 'content-type': 'application/json', ...headers })
      .map(fieldOf)
      .join('')
  }

  /** @param withinMs the request is given up then, besides when the signal is aborted */
  async request(
    origin: string,
    method: Method,
    path: string,
    body: unknown,
    signal: AbortSignal,
    withinMs?: number,
  ): Promise<HttpResult> {
    try {
      const patience = withinMs === undefined ? { signal } : { signal, withinMs }
      const sent = method === 'GET' && (body ?? null) === null ? null : JSON.stringify(body)
      const { status, text } = await this.#exchange(origin, method, path, sent, patience)
      return { type: 'response', status, body: parse(text) }
    } catch (error) {
      const code = codeOf(error)
      return { type: UNSENT.has(code) ? 'unsent' : 'doubt', error: code }
    }
  }

  /**
   * Posts, and reads an endless answer for `forMs`, or to the line that is the last: one JSON value per line.
   *
   * @param messages one or more, sent one after another
   */
  async stream(
    origin: string,
    path: string,
    messages: readonly unknown[],
    forMs: number,
    signal: AbortSignal,
    isLast: (line: unknown) => boolean = () => false,
  ): Promise<HttpResult> {
    const enough = new AbortController()
    const reader = new StreamReader(isLast, enough)
    try {
      const over = AbortSignal.any([signal, enough.signal, AbortSignal.timeout(forMs)])
      const sent = messages.map((message) => JSON.stringify(message)).join('\n')
      await this.#exchange(origin, 'POST', path, sent, { signal: over }, reader)
    } catch (error) {
      const code = codeOf(error)
      // The answer never ends by itself, so an error counts only if no answer began.
      if (reader.status === 0 || signal.aborted)
        return { type: UNSENT.has(code) ? 'unsent' : 'doubt', error: code }
    }
    return { type: 'response', status: reader.status, body: linesIn(reader.text) }
  }

  /** @param text that is sent; null: nothing */
  #exchange(
    origin: string,
    method: Method,
    path: string,
    text: string | null,
    patience: Patience,
    reader?: AnswerReader,
  ): Promise<Answer> {
    patience.signal.throwIfAborted()
    if (!PATH.test(path)) throw new TypeError(`no path of a request: ${path}`)
    const server = this.#server(origin)
    const head = `${method} ${path} HTTP/1.1\r\n${server.fields}`
    if (text === null) return this.#connection(server).send(`${head}\r\n`, patience, reader)
    const request = `${head}content-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`
    return this.#connection(server).send(request, patience, reader)
  }

  #server(origin: string): Server {
    const known = this.#servers.get(origin)
    if (known !== undefined) return known
    const url = new URL(origin)
    if (url.protocol !== 'http:' && url.protocol !== 'https:')
      throw new TypeError(`no origin of HTTP: ${origin}`)
    const server = {
      origin: url,
      fields: `host: ${url.host}\r\nconnection: keep-alive\r\n${this.#fields}`,
      connections: new Set<HttpConnection>(),
    }
    this.#servers.set(origin, server)
    return server
  }

  /** One that is free, or a new one: requests at the same time do not wait for each other. */
  #connection({ origin, connections }: Server): HttpConnection {
    for (const connection of connections) {
      if (connection.isFree) return connection
      if (!connection.isBusy) this.#forget(connections, connection)
    }
    const made = new HttpConnection(origin, this.#localAddress)
    connections.add(made)
    return made
  }

  #forget(connections: Set<HttpConnection>, connection: HttpConnection): void {
    connections.delete(connection)
    void connection[Symbol.asyncDispose]()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const all = [...this.#servers.values()].flatMap(({ connections }) => [...connections])
    this.#servers.clear()
    await Promise.all(all.map((connection) => connection[Symbol.asyncDispose]()))
  }
}
