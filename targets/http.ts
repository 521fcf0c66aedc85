/**
 * JSON requests for the clients of targets, without hidden retries. A client has one connection for each node. Errors
 * are sorted by one question: can the request have reached the node?
 */
import { type Dispatcher, Client as HttpConnection } from 'undici'

export type HttpResult =
  | { readonly type: 'response'; readonly status: number; readonly body: unknown }
  /** The request was never sent: the connection was refused or could not be made. */
  | { readonly type: 'unsent'; readonly error: string }
  /** It was sent, or may have been, and no complete answer arrived. */
  | { readonly type: 'doubt'; readonly error: string }

/** Errors that happen before the first byte of the request is written. */
const UNSENT = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
])

const CONNECT_TIMEOUT_MS = 1000

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

/** The last line may not be complete yet. */
const linesIn = (text: string): readonly unknown[] => text.split('\n').slice(0, -1).map(parse)

interface Answer {
  readonly status: number
  readonly text: string
}

/**
 * A request and its whole answer, by undici's handlers: the stream that `request` makes of each answer costs more than all else
 * that is done for an operation.
 */
const exchange = (
  connection: HttpConnection,
  options: Dispatcher.DispatchOptions,
  signal: AbortSignal,
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    signal.throwIfAborted()
    let controller: Dispatcher.DispatchController | null = null
    let status = 0
    const parts: Buffer[] = []
    const onAbort = (): void => controller?.abort(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    connection.dispatch(options, {
      onRequestStart: (started) => {
        controller = started
        if (signal.aborted) onAbort()
      },
      onResponseStart: (_, code) => {
        status = code
      },
      onResponseData: (_, part) => {
        parts.push(part)
      },
      onResponseEnd: () => {
        signal.removeEventListener('abort', onAbort)
        const [first = Buffer.alloc(0)] = parts
        resolve({ status, text: (parts.length > 1 ? Buffer.concat(parts) : first).toString() })
      },
      onResponseError: (_, error) => {
        signal.removeEventListener('abort', onAbort)
        reject(error)
      },
    })
  })

export class JsonHttp implements AsyncDisposable {
  readonly #localAddress: string | undefined
  readonly #headers: Readonly<Record<string, string>>
  readonly #connections = new Map<string, HttpConnection>()

  /** @param headers of every request, such as `authorization` */
  constructor(localAddress?: string, headers: Readonly<Record<string, string>> = {}) {
    this.#localAddress = localAddress
    this.#headers = { 'content-type': 'application/json', ...headers }
  }

  async request(
    origin: string,
    method: 'GET' | 'POST',
    path: string,
    body: unknown,
    signal: AbortSignal,
  ): Promise<HttpResult> {
    try {
      const options = {
        path,
        method,
        headers: this.#headers,
        ...(method === 'GET' && (body ?? null) === null ? {} : { body: JSON.stringify(body) }),
      }
      const { status, text } = await exchange(this.#connection(origin), options, signal)
      return { type: 'response', status, body: parse(text) }
    } catch (error) {
      const code = codeOf(error)
      if (code === 'AbortError' || code === 'TimeoutError' || code === 'UND_ERR_ABORTED') this.#drop(origin)
      return { type: UNSENT.has(code) ? 'unsent' : 'doubt', error: code }
    }
  }

  /** Posts, and reads an endless answer for `forMs`: one JSON value per line. */
  async stream(
    origin: string,
    path: string,
    body: unknown,
    forMs: number,
    signal: AbortSignal,
    isLast: (line: unknown) => boolean = () => false,
  ): Promise<HttpResult> {
    let text = ''
    let status = 0
    try {
      const response = await this.#connection(origin).request({
        path,
        method: 'POST',
        signal: AbortSignal.any([signal, AbortSignal.timeout(forMs)]),
        headers: this.#headers,
        body: JSON.stringify(body),
      })
      status = response.statusCode
      for await (const chunk of response.body) {
        text += chunk
        if (linesIn(text).some(isLast)) break
      }
    } catch (error) {
      const code = codeOf(error)
      // The answer never ends by itself, so an error counts only if no answer began.
      if (status === 0 || signal.aborted) return { type: UNSENT.has(code) ? 'unsent' : 'doubt', error: code }
    } finally {
      this.#drop(origin)
    }
    return { type: 'response', status, body: linesIn(text) }
  }

  #connection(origin: string): HttpConnection {
    const existing = this.#connections.get(origin)
    if (existing !== undefined) return existing
    const connection = new HttpConnection(origin, {
      pipelining: 1,
      connectTimeout: CONNECT_TIMEOUT_MS,
      ...(this.#localAddress === undefined ? {} : { localAddress: this.#localAddress }),
    })
    this.#connections.set(origin, connection)
    return connection
  }

  /** A connection whose request was abandoned may still receive the answer, so it is not used again. */
  #drop(origin: string): void {
    void this.#connections.get(origin)?.destroy()
    this.#connections.delete(origin)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#connections.values()].map((connection) => connection.destroy()))
    this.#connections.clear()
  }
}
