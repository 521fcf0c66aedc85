/**
 * The outside world, for workloads with effects: `node sink.ts <address> <port> <mode> <log>`. It acts, or refuses to, as its
 * mode says, and writes each request down, fsynced, before it answers. Its own process, disk, clock and order.
 *
 * - `POST /act` { request, token, worker, attempt } -> { refused }
 * - `GET /` -> { mode }
 */
import fs from 'node:fs'
import http from 'node:http'
import type { SinkLine, SinkMode } from '../harness/vocabularies/effects.ts'

type Act = Omit<SinkLine & { readonly type: 'request' }, 'type' | 'seq' | 'clockMs' | 'refused'>

const [address, port, mode, file] = process.argv.slice(2) as [string, string, SinkMode, string]

const seen = new Set<string>()
let greatest = Number.NEGATIVE_INFINITY
let seq = 0

/** What an earlier life wrote. A torn last line was never answered. */
const restore = (): void => {
  if (!fs.existsSync(file)) return
  const text = fs.readFileSync(file, 'utf8')
  fs.truncateSync(file, Buffer.byteLength(text.slice(0, text.lastIndexOf('\n') + 1)))
  for (const line of text.split('\n').slice(0, -1)) remember(JSON.parse(line) as SinkLine)
}

const remember = (line: SinkLine): void => {
  if (line.type !== 'request') return
  seq = line.seq
  if (line.refused === null) seen.add(line.request.key)
  greatest = Math.max(greatest, line.token)
}

restore()
const fd = fs.openSync(file, 'a')

const write = (line: SinkLine): void => {
  fs.writeSync(fd, `${JSON.stringify(line)}\n`)
  fs.fsyncSync(fd)
  remember(line)
}

const refusalOf = ({ request, token }: Act): (SinkLine & { type: 'request' })['refused'] => {
  if (mode === 'deduplicating' && seen.has(request.key)) return 'duplicate'
  return mode === 'fencing' && token < greatest ? 'stale-token' : null
}

const act = (asked: Act): unknown => {
  const refused = refusalOf(asked)
  write({ type: 'request', seq: seq + 1, clockMs: Date.now(), ...asked, refused })
  return { refused }
}

write({ type: 'start', mode, clockMs: Date.now() })

const server = http.createServer(async (request, response) => {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  const body = request.method === 'POST' ? act(JSON.parse(Buffer.concat(chunks).toString()) as Act) : { mode }
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
})
server.keepAliveTimeout = 60_000
server.listen(Number(port), address)
