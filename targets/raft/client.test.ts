import { once } from 'node:events'
import http from 'node:http'
import { afterEach, expect, it } from 'vitest'
import type { ClientContext } from '../../harness/api/client.ts'
import { defaultsOf } from '../../harness/cli/run/options.ts'
import { raftClient } from './client.ts'
import { type RaftOptions, raftOptions } from './options.ts'
import { CLIENT_PORT } from './protocol.ts'

/** A node that opens sessions and never answers a call. */
class SilentNode implements AsyncDisposable {
  readonly calls: unknown[] = []
  readonly #server = http.createServer((request, response) => {
    let text = ''
    request.on('data', (chunk) => {
      text += chunk
    })
    request.on('end', () => {
      if (request.url === '/session') response.end(JSON.stringify({ value: 7, term: 1, index: 1 }))
      else this.calls.push(JSON.parse(text))
    })
  })

  async listen(address: string): Promise<void> {
    this.#server.listen(CLIENT_PORT, address)
    await once(this.#server, 'listening')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }
}

const nodes: SilentNode[] = []
afterEach(async () => {
  for (const node of nodes.splice(0)) await node[Symbol.asyncDispose]()
})

/** Writes through nodes that do not answer; returns what each was asked, before and after the connection was given up. */
const writeInVain = async (options: Partial<RaftOptions>) => {
  const endpoints = ['127.0.77.1', '127.0.77.2'].map((address, i) => ({ node: `n${i + 1}`, address }))
  for (const { address } of endpoints) {
    const node = new SilentNode()
    await node.listen(address)
    nodes.push(node)
  }
  const context: ClientContext<RaftOptions> = {
    process: 0,
    node: endpoints[0] as (typeof endpoints)[0],
    endpoints,
    localAddress: undefined,
    services: {},
    options: { ...defaultsOf(raftOptions), attempts: 1, 'attempt-timeout': 100, ...options },
    signal: AbortSignal.timeout(1000),
  }
  const connection = await raftClient('register').open(context)
  const outcome = await connection.invoke(
    { f: 'write', value: { key: 1, value: 2 } },
    AbortSignal.timeout(5000),
  )
  const before = nodes.map(({ calls }) => [...calls])
  await connection[Symbol.asyncDispose]()
  return { outcome, before, after: nodes.map(({ calls }) => calls) }
}

it('a write whose outcome stays unknown is sent once more, later and elsewhere, under its sequence number', async () => {
  const { outcome, before, after } = await writeInVain({})
  expect(outcome).toMatchObject({ type: 'info', meta: { attempts: 1, lateRetryMs: 400 } })
  const request = {
    vocabulary: 'register',
    session: 7,
    seq: 1,
    call: { f: 'write', value: { key: 1, value: 2 } },
  }
  expect(before).toEqual([[request], []])
  expect(after).toEqual([[request], [request]])
})

it('unless an option says otherwise', async () => {
  const { outcome, after } = await writeInVain({ 'late-retry': false })
  expect(outcome).toMatchObject({ type: 'info', meta: { attempts: 1 } })
  expect(after.map(({ length }) => length)).toEqual([1, 0])
})
