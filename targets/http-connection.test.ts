/** Connections to a server that writes bytes as a test says, and may close whenever it likes. */
import net from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { waitUntil } from '../harness/support/wait.ts'
import { JsonHttp } from './http.ts'

const TIMEOUT_MS = 10_000
const OK = 'HTTP/1.1 200 OK\r\n'
const WHOLE = `${OK}content-length: 7\r\n\r\n{"n":1}`

/** @param which the number of the request, from 0 on */
type Behave = (socket: net.Socket, which: number, request: string) => void

class RawServer implements AsyncDisposable {
  readonly requests: string[] = []
  readonly sockets: net.Socket[] = []
  readonly #server: net.Server

  constructor(behave: Behave) {
    this.#server = net.createServer((socket) => {
      this.sockets.push(socket)
      socket.on('error', () => {})
      socket.on('data', (bytes) => {
        this.requests.push(bytes.toString())
        behave(socket, this.requests.length - 1, bytes.toString())
      })
    })
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(this.#server.address() as net.AddressInfo).port}`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.sockets) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

const opened: AsyncDisposable[] = []
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each[Symbol.asyncDispose]()
})

const serve = async (behave: Behave) => {
  const server = new RawServer(behave)
  const client = new JsonHttp('127.0.0.1', { authorization: 'secret' })
  opened.push(server, client)
  const origin = await server.listen()
  const ask = (signal = AbortSignal.timeout(TIMEOUT_MS)) =>
    client.request(origin, 'POST', '/a?b=c', { für: 1 }, signal)
  return { server, client, origin, ask }
}

const ANSWER = { type: 'response', status: 200, body: { n: 1 } }

describe('a connection', () => {
  it('sends a request as the RFC has it', async () => {
    const { server, client, origin, ask } = await serve((socket) => socket.write(WHOLE))
    await ask()
    await client.request(origin, 'GET', '/', null, AbortSignal.timeout(TIMEOUT_MS))
    const host = origin.slice('http://'.length)
    const fields = `host: ${host}\r\nconnection: keep-alive\r\ncontent-type: application/json\r\nauthorization: secret\r\n`
    expect(server.requests).toEqual([
      `POST /a?b=c HTTP/1.1\r\n${fields}content-length: 10\r\n\r\n{"für":1}`,
      `GET / HTTP/1.1\r\n${fields}\r\n`,
    ])
  })

  it.each([
    ['that the server keeps is used again', WHOLE, 1],
    ['that the server will close is not', `${OK}connection: close\r\ncontent-length: 7\r\n\r\n{"n":1}`, 2],
    [
      'that the server keeps for a second is not',
      `${OK}keep-alive: timeout=1\r\ncontent-length: 7\r\n\r\n{"n":1}`,
      2,
    ],
    ['on which more arrived than was asked for is not', `${WHOLE}${WHOLE}`, 2],
  ])('%s', async (_, answer, connections) => {
    const { server, ask } = await serve((socket) => socket.write(answer))
    expect([await ask(), await ask()]).toEqual([ANSWER, ANSWER])
    expect(server.sockets.length).toBe(connections)
  })

  it('that the server closed while nothing was asked is replaced', async () => {
    const { server, ask } = await serve((socket) => socket.write(WHOLE))
    await ask()
    server.sockets[0]?.end()
    // Its end has arrived once the server sees that of the client.
    expect(await waitUntil(() => server.sockets[0]?.closed === true, TIMEOUT_MS, 5)).toBe(true)
    expect(await ask()).toEqual(ANSWER)
    expect(server.sockets.length).toBe(2)
  })

  it('on which something arrives that nobody asked for is closed', async () => {
    const { server, ask } = await serve((socket) => socket.write(WHOLE))
    await ask()
    server.sockets[0]?.write(`${OK}content-length: 7\r\n\r\n{"n":2}`)
    expect(await waitUntil(() => server.sockets[0]?.closed === true, TIMEOUT_MS, 5)).toBe(true)
    expect(await ask()).toEqual(ANSWER)
  })

  it('serves one request at a time: two at once have two', async () => {
    const waiting: net.Socket[] = []
    const { server, ask } = await serve((socket) => {
      if (waiting.push(socket) === 2) for (const each of waiting) each.write(WHOLE)
    })
    expect(await Promise.all([ask(), ask()])).toEqual([ANSWER, ANSWER])
    expect(server.sockets.length).toBe(2)
  })
})

describe('an answer', () => {
  it.each([
    ['with a length', `${OK}content-length: 7\r\n\r\n{"n":1}`],
    ['in chunks', `${OK}transfer-encoding: chunked\r\n\r\n3\r\n{"n\r\n4\r\n":1}\r\n0\r\n\r\n`],
  ])('%s that breaks off is in doubt, at whatever byte', async (_, whole) => {
    const cuts = Array.from(whole, (_each, at) => at)
    const { ask } = await serve((socket, which) => socket.end(whole.slice(0, cuts[which])))
    for (const cut of cuts) expect(await ask(), `cut at ${cut}`).toEqual({ type: 'doubt', error: 'CLOSED' })
  })

  it('without a length ends with the connection', async () => {
    const { ask } = await serve((socket) => {
      socket.write(`${OK}\r\n{"n"`)
      socket.end(':1}')
    })
    expect([await ask(), await ask()]).toEqual([ANSWER, ANSWER])
  })

  it('that is none is in doubt, and its connection is over', async () => {
    const { server, ask } = await serve((socket, which) =>
      socket.write(which === 0 ? 'what?\r\n\r\n' : WHOLE),
    )
    expect(await ask()).toEqual({ type: 'doubt', error: 'MALFORMED_ANSWER' })
    expect(await ask()).toEqual(ANSWER)
    expect(server.sockets.length).toBe(2)
  })

  it('that comes after it was given up is not that of the next request', async () => {
    const { server, ask } = await serve((socket, which) => {
      if (which === 0) setTimeout(() => socket.write(`${OK}content-length: 7\r\n\r\n{"n":0}`), 50)
      else setTimeout(() => socket.write(WHOLE), 100)
    })
    const giveUp = new AbortController()
    const first = ask(giveUp.signal)
    expect(await waitUntil(() => server.requests.length === 1, TIMEOUT_MS, 5)).toBe(true)
    giveUp.abort()
    expect(await first).toEqual({ type: 'doubt', error: 'AbortError' })
    expect(await ask()).toEqual(ANSWER)
  })

  it('that does not come in time is given up, and so is its connection', async () => {
    const { server, client, origin, ask } = await serve((socket, which) => {
      if (which > 0) socket.write(WHOLE)
    })
    const signal = AbortSignal.timeout(TIMEOUT_MS)
    const late = await client.request(origin, 'POST', '/x', {}, signal, 1)
    expect(late).toEqual({ type: 'doubt', error: 'TimeoutError' })
    await ask()
    expect(await ask()).toEqual(ANSWER)
    expect(server.sockets.filter(({ closed }) => !closed).length).toBe(1)
  })

  it('that never ends gives the lines that have arrived wholly', async () => {
    const { client, origin } = await serve((socket) => {
      socket.write(`${OK}transfer-encoding: chunked\r\n\r\n8\r\n{"n":1}\n\r\n`)
      socket.end('a\r\n{"n":2}\n{"\r\n')
    })
    const lines = await client.stream(origin, '/x', [{}], TIMEOUT_MS, AbortSignal.timeout(TIMEOUT_MS))
    expect(lines).toEqual({ type: 'response', status: 200, body: [{ n: 1 }, { n: 2 }] })
  })
})

describe('a request', () => {
  it('that cannot be written is not sent', async () => {
    const { server, client, origin } = await serve((socket) => socket.write(WHOLE))
    const signal = AbortSignal.timeout(TIMEOUT_MS)
    for (const path of ['/a b', '/a\r\nx: y', 'a', '/ä'])
      expect((await client.request(origin, 'GET', path, null, signal)).type).toBe('doubt')
    expect(() => new JsonHttp(undefined, { 'x\r\ny': 'z' })).toThrow('a header cannot have this name')
    expect(() => new JsonHttp(undefined, { x: 'y\r\nz: 1' })).toThrow('a header cannot have this name')
    expect(server.sockets).toEqual([])
  })
})
