/** Requests against a real server that answers well, badly, late, or not at all. */
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { JsonHttp } from './http.ts'

const TIMEOUT_MS = 10_000

describe('a JSON request', () => {
  let origin = ''
  let sockets = 0
  const server = http.createServer((request, response) => {
    const text = Buffer.from(JSON.stringify({ told: 'für alle', path: request.url }))
    if (request.url === '/never') return
    if (request.url === '/half') return void response.write(text.subarray(0, 9), () => response.destroy())
    if (request.url === '/words') return void response.end('out of order')
    if (request.url === '/empty') return void response.writeHead(204).end()
    // In the middle of a character.
    response.write(text.subarray(0, 11))
    setTimeout(() => response.end(text.subarray(11)), 20)
  })
  server.on('connection', () => {
    sockets++
  })
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => void server.close())

  const ask = (client: JsonHttp, path: string, signal = AbortSignal.timeout(TIMEOUT_MS)) =>
    client.request(origin, 'POST', path, { a: 1 }, signal)

  it('has the whole answer, however it is cut, and goes over one connection', async () => {
    await using client = new JsonHttp()
    const before = sockets
    for (let n = 0; n < 5; n++)
      expect(await ask(client, '/x')).toEqual({
        type: 'response',
        status: 200,
        body: { told: 'für alle', path: '/x' },
      })
    expect(sockets - before).toBe(1)
  })

  it('has what is no JSON as an error, and nothing as an empty object', async () => {
    await using client = new JsonHttp()
    expect(await ask(client, '/words')).toMatchObject({ status: 200, body: { error: 'out of order' } })
    expect(await ask(client, '/empty')).toMatchObject({ status: 204, body: {} })
  })

  it('that was refused was not sent', async () => {
    await using client = new JsonHttp()
    const refused = await client.request(
      'http://127.0.0.1:1',
      'GET',
      '/x',
      null,
      AbortSignal.timeout(TIMEOUT_MS),
    )
    expect(refused).toEqual({ type: 'unsent', error: 'ECONNREFUSED' })
  })

  it.each(['/half', '/never'])('without a whole answer is in doubt: %s', async (path) => {
    await using client = new JsonHttp()
    const before = sockets
    expect((await ask(client, path, AbortSignal.timeout(100))).type).toBe('doubt')
    // Its late answer must not be taken for that of the next request.
    expect(await ask(client, '/x')).toMatchObject({ body: { path: '/x' } })
    expect(sockets - before).toBe(2)
  })

  it('that is given up before it began is in doubt, too', async () => {
    await using client = new JsonHttp()
    expect((await ask(client, '/x', AbortSignal.abort())).type).toBe('doubt')
  })
})
