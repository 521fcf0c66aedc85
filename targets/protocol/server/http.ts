/**
 * The client API: JSON over HTTP.
 *
 * - `POST /session` -> { session }: opens a session (through the log).
 * - `POST /call` { vocabulary, session, seq, call } -> { value, term, index }. Reads need no session.
 * - `GET /status`, and what a protocol adds.
 *
 * A write that is not allowed is refused (409) before it is proposed.
 *
 * Errors are { error, leader? }, with status 421 for not-leader, 409 if the request definitely had no effect, 503 if
 * that is in doubt.
 */
import http from 'node:http'
import type { Call } from '../../../harness/api/history.ts'
import { isRead } from '../structures/index.ts'
import type { Answer, ReplicatedApi } from './client-api.ts'

const MAX_BODY_BYTES = 2 ** 20

interface CallBody {
  readonly session?: number
  readonly seq?: number
  readonly vocabulary: string
  readonly call: Call
}

const respond = (response: http.ServerResponse, status: number, body: unknown): void => {
  const text = JSON.stringify(body)
  // Without a length, the answer would be sent in chunks.
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
  })
  response.end(text)
}

type RouteReply = (answer: Answer | { readonly type: 'refused'; readonly error: string }) => void

/** A request that a protocol takes besides. */
type Route = (body: unknown, reply: RouteReply) => void

const answerWith =
  (response: http.ServerResponse): RouteReply =>
  (answer) => {
    switch (answer.type) {
      case 'value':
        return respond(response, 200, {
          value: answer.value,
          term: answer.term,
          index: answer.index,
          stale: answer.stale,
          acceptedBy: answer.acceptedBy,
        })
      case 'nothing':
        return respond(response, 200, {})
      case 'not-leader':
        return respond(response, 421, { error: 'not-leader', leader: answer.leader })
      case 'superseded':
        return respond(response, 409, { error: 'superseded' })
      case 'refused':
        return respond(response, 409, { error: answer.error })
      case 'unknown':
        return respond(response, 503, { error: 'unknown' })
    }
  }

const readBody = async (request: http.IncomingMessage): Promise<unknown> => {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MAX_BODY_BYTES) throw new RangeError('the body is too large')
    chunks.push(chunk)
  }
  return JSON.parse(Buffer.concat(chunks).toString() || '{}')
}

export interface ClientPort {
  readonly api: ReplicatedApi
  readonly address: string
  readonly port: number
  /** Whether a write may be proposed. Absent: it always may. */
  readonly allowed?: () => Promise<boolean>
  /** Path -> what the protocol takes there. */
  readonly routes?: Readonly<Record<string, Route>>
}

const handle = (
  { api, allowed = async () => true, routes = {} }: ClientPort,
  path: string,
  body: unknown,
  response: http.ServerResponse,
): void | Promise<void> => {
  const reply = answerWith(response)
  if (path === '/status') return respond(response, 200, api.status())
  if (path === '/session') return api.submit({ kind: 'session' }, reply)
  if (path === '/call') {
    const { vocabulary, call, session = 0, seq = 0 } = body as CallBody
    if (isRead(vocabulary, call)) return api.read(vocabulary, call, reply)
    const command = { kind: 'op', session, seq, vocabulary, call } as const
    return allowed().then((isAllowed) => {
      if (!isAllowed) return respond(response, 409, { error: 'not-allowed' })
      api.submit(command, reply)
    })
  }
  const route = routes[path]
  if (route !== undefined) return route(body, reply)
  respond(response, 404, { error: `no such path: ${path}` })
}

type Handle = (path: string, body: unknown, response: http.ServerResponse) => void | Promise<void>

const serve = (take: Handle, address: string, port: number): http.Server => {
  const server = http.createServer((request, response) => {
    readBody(request).then(
      (body) => take(request.url ?? '/', body, response),
      () => respond(response, 400, { error: 'malformed' }),
    )
  })
  server.keepAliveTimeout = 60_000
  server.listen(port, address)
  return server
}

export const serveClients = (clients: ClientPort): http.Server =>
  serve((path, body, response) => handle(clients, path, body, response), clients.address, clients.port)

/** For a protocol with requests of its own. @param routes path -> what answers, once or never */
export const serveJson = (
  routes: Readonly<Record<string, (body: unknown, answer: (body: unknown) => void) => void>>,
  address: string,
  port: number,
): http.Server => {
  const take: Handle = (path, body, response) => {
    const route = routes[path]
    if (route === undefined) return respond(response, 404, { error: `no such path: ${path}` })
    route(body, (answer) => respond(response, 200, answer))
  }
  return serve(take, address, port)
}
