/** The answers of etcd's gateway in several versions, as they were recorded. */
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Call } from '../../harness/api/history.ts'
import { JsonHttp } from '../http.ts'
import { compacting } from './compaction.ts'
import { type Send, senderTo, streamFrom } from './gateway.ts'
import { pinning } from './pinned.ts'
import { actOnWatch } from './watch.ts'

const NEVER = new AbortController().signal
const MEMBER = 'member_id'

/** Each request's path and body -> status and the lines of the answer. A stream does not end by itself. */
type Answer = (path: string, body: string) => readonly [status: number, lines: readonly string[]]

let answer: Answer = () => [404, []]
let server: http.Server
let client: JsonHttp
const asked: string[] = []

beforeEach(async () => {
  asked.length = 0
  client = new JsonHttp()
  server = http.createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    asked.push(`${request.url} ${body}`)
    const [status, lines] = answer(request.url ?? '', body)
    response.writeHead(status)
    for (const line of lines) response.write(`${line}\n`)
    if (request.url !== '/v3/watch') response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterEach(async () => {
  await client[Symbol.asyncDispose]()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

const origin = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`
const sender = (): Send => senderTo(client, { origin: origin(), node: 'n1' }, NEVER)
const watch = (call: Call, asksForProgress = false) =>
  actOnWatch(asksForProgress)(sender(), call, false, streamFrom(client, origin(), NEVER))

describe('an error', () => {
  it.each([
    ['3.4', '{"error":"etcdserver: no leader","message":"etcdserver: no leader","code":14}', 'fail'],
    ['3.7', '{"code":14,"message":"etcdserver: no leader"}', 'fail'],
    ['3.6', '{"code":14, "message":"etcdserver: request timed out"}', 'info'],
  ] as const)('of %s is read: %s', async (_, text, type) => {
    answer = () => [503, [text]]
    expect(await sender()('/v3/kv/put', {})).toEqual({
      type,
      error: expect.stringMatching(/^etcdserver: (no leader|request timed out)$/),
    })
  })

  it('within a stream is read', async () => {
    answer = () => [503, ['{"error":{"grpc_code":14,"http_code":503,"message":"etcdserver: no leader"}}']]
    expect(await watch({ f: 'watch', value: { after: 0 } })).toEqual({
      type: 'fail',
      error: 'etcdserver: no leader',
    })
  })
})

const CREATED = '{"result":{"header":{"revision":"9"},"created":true}}'
/** Key 3, in base 64. */
const key = Buffer.from('watched/3').toString('base64')
const value = Buffer.from('7').toString('base64')

describe('a watch', () => {
  it('tells puts and deletions', async () => {
    const events = [
      { kv: { key, value, mod_revision: '3' } },
      { type: 'DELETE', kv: { key, mod_revision: '4' } },
    ]
    answer = () => [200, [CREATED, JSON.stringify({ result: { events } })]]
    expect(await watch({ f: 'watch', value: { after: 1 } })).toEqual({
      type: 'ok',
      value: {
        events: [
          { revision: 2, key: 3, value: 7 },
          { revision: 3, key: 3, value: null },
        ],
        upTo: 3,
      },
    })
    expect(asked).toEqual([expect.stringContaining('"start_revision":"3"')])
  })

  it('that is cancelled since its revision is compacted begins at the smallest that is left', async () => {
    const cancelled = '{"result":{"canceled":true,"compact_revision":"8"}}'
    const event = JSON.stringify({ result: { events: [{ kv: { key, value, mod_revision: '8' } }] } })
    answer = (_, body) => [200, [CREATED, body.includes('"start_revision":"8"') ? event : cancelled]]
    expect(await watch({ f: 'watch', value: { after: 1 } })).toEqual({
      type: 'ok',
      value: { events: [{ revision: 7, key: 3, value: 7 }], upTo: 7, from: 6 },
    })
  })
})

describe('a deletion', () => {
  it.each([
    ['1', { type: 'ok', value: { key: 3, value: null, revision: 8 } }],
    [undefined, { type: 'fail', error: 'there is no such key' }],
  ])('of %s keys', async (deleted, outcome) => {
    answer = () => [200, [JSON.stringify({ header: { revision: '9', [MEMBER]: '1' }, deleted })]]
    expect(await watch({ f: 'put', value: { key: 3, value: null } })).toMatchObject(outcome)
  })
})

describe('a client that compacts', () => {
  it('does so at some of the revisions that it is told, whatever becomes of it', async () => {
    let revision = 48
    answer = (path) =>
      path === '/v3/kv/compaction'
        ? [400, ['{"code":11,"message":"etcdserver: mvcc: required revision has been compacted"}']]
        : [200, [JSON.stringify({ header: { revision: String(++revision) } })]]
    const send = compacting(sender())
    for (const expected of [49, 50, 51])
      expect(await send('/v3/kv/put', {})).toMatchObject({ type: 'ok', meta: { revision: expected } })
    expect(asked).toEqual([
      '/v3/kv/put {}',
      '/v3/kv/put {}',
      '/v3/kv/compaction {"revision":"50"}',
      '/v3/kv/put {}',
    ])
  })

  it('that asks how far it came ends with the notification, in whichever order it comes, and tells what came before', async () => {
    const told = '{"result":{"header":{"revision":"9"},"watch_id":"-1"}}'
    const events = [{ kv: { key, value, mod_revision: '3' } }]
    const event = JSON.stringify({ result: { header: { revision: '9' }, events } })
    const expected = {
      type: 'ok',
      value: { events: [{ revision: 2, key: 3, value: 7 }], upTo: 8 },
    }
    for (const lines of [
      [CREATED, event, told],
      [event, told, CREATED],
      [CREATED, event, '{"error":{"message":"not of the watch"}}', told],
    ]) {
      answer = () => [200, lines]
      expect(await watch({ f: 'watch', value: { after: 1 } }, true)).toEqual(expected)
    }
    expect(asked.at(-1)).toMatch(/^\/v3\/watch \{"create_request":.*\}\n\{"progress_request":\{\}\}$/)
  })
})

describe('a client that pins its writes', () => {
  it('reads each key that it puts, at the revision that it was told last, in one transaction', async () => {
    let revision = 6
    answer = () => [200, [JSON.stringify({ header: { revision: String(++revision) } })]]
    const send = pinning()(sender())
    for (const [path, told] of [
      ['/v3/kv/put', 7],
      ['/v3/kv/range', 8],
      ['/v3/kv/put', 9],
    ] as const)
      expect(await send(path, { key })).toMatchObject({ type: 'ok', meta: { revision: told } })
    const put = [{ request_put: { key } }, { request_range: { key, revision: '8' } }]
    expect(asked).toEqual([
      `/v3/kv/put ${JSON.stringify({ key })}`,
      `/v3/kv/range ${JSON.stringify({ key })}`,
      `/v3/kv/txn ${JSON.stringify({ success: put })}`,
    ])
  })

  it('does not know what became of one whose read is refused, and puts the next plainly', async () => {
    answer = (path) =>
      path === '/v3/kv/txn'
        ? [400, ['{"code":11,"message":"etcdserver: mvcc: required revision has been compacted"}']]
        : [200, ['{"header":{"revision":"5"}}']]
    const send = pinning()(sender())
    await send('/v3/kv/range', { key })
    expect(await send('/v3/kv/put', { key })).toMatchObject({ type: 'info' })
    expect(await send('/v3/kv/put', { key })).toMatchObject({ type: 'ok' })
    expect(asked.map((each) => each.split(' ')[0])).toEqual(['/v3/kv/range', '/v3/kv/txn', '/v3/kv/put'])
  })
})
