/**
 * The outside world, for workloads with effects: `node main.ts <address> <port> <mode> <log>`. It acts or refuses,
 * depending on its mode, and logs each request with an fsync before it answers. It has its own process, disk, clock and
 * order of events.
 *
 * - `POST /act` { request, token, worker, attempt } -> { refused }
 * - `POST /touch` { action, resource, owner, token } -> { refused }: a client enters or leaves a resource that
 *   only one client may be in
 * - `GET /` -> { mode }
 */
import fs from 'node:fs'
import http from 'node:http'
import type { SinkLine, SinkMode, TouchLine } from '../../harness/vocabularies/effects.ts'

type RequestLine = SinkLine & { readonly type: 'request' }
export type ActRequest = Omit<RequestLine, 'type' | 'seq' | 'clockMs' | 'refused'>
export type TouchRequest = Omit<TouchLine, 'type' | 'seq' | 'clockMs' | 'refused'>

const [address, port, mode, file] = process.argv.slice(2) as [string, string, SinkMode, string]

const seen = new Set<string>()
/** Resource -> the greatest token seen. */
const greatest = new Map<number, number>()
let seq = 0

/** Reads what an earlier process wrote. A torn last line was never answered. */
const restore = (): void => {
  if (!fs.existsSync(file)) return
  const text = fs.readFileSync(file, 'utf8')
  fs.truncateSync(file, Buffer.byteLength(text.slice(0, text.lastIndexOf('\n') + 1)))
  for (const line of text.split('\n').slice(0, -1)) remember(JSON.parse(line) as SinkLine)
}

const remember = (line: SinkLine): void => {
  if (line.type === 'start') return
  seq = line.seq
  const resource = line.type === 'touch' ? line.resource : line.request.resource
  greatest.set(resource, Math.max(line.token, greatest.get(resource) ?? line.token))
  if (line.type === 'request' && line.refused === null) seen.add(line.request.key)
}

restore()
const fd = fs.openSync(file, 'a')

const write = (line: SinkLine): void => {
  fs.writeSync(fd, `${JSON.stringify(line)}\n`)
  fs.fsyncSync(fd)
  remember(line)
}

const isStale = (resource: number, token: number): boolean =>
  mode === 'fencing' && token < (greatest.get(resource) ?? token)

const refusalOf = ({ request, token }: ActRequest): RequestLine['refused'] => {
  if (mode === 'deduplicating' && seen.has(request.key)) return 'duplicate'
  return isStale(request.resource, token) ? 'stale-token' : null
}

const act = (asked: ActRequest): unknown => {
  const refused = refusalOf(asked)
  write({ type: 'request', seq: seq + 1, clockMs: Date.now(), ...asked, refused })
  return { refused }
}

const touch = (asked: TouchRequest): unknown => {
  const refused = isStale(asked.resource, asked.token) ? 'stale-token' : null
  write({ type: 'touch', seq: seq + 1, clockMs: Date.now(), ...asked, refused })
  return { refused }
}

write({ type: 'start', mode, clockMs: Date.now() })

const server = http.createServer(async (request, response) => {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  const asked: unknown = request.method === 'POST' ? JSON.parse(Buffer.concat(chunks).toString()) : null
  const body =
    asked === null
      ? { mode }
      : request.url === '/touch'
        ? touch(asked as TouchRequest)
        : act(asked as ActRequest)
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
})
server.keepAliveTimeout = 60_000
server.listen(Number(port), address)
