import { once } from 'node:events'
import http from 'node:http'
import { afterEach, expect, it } from 'vitest'
import type { ClientContext } from '../../harness/api/client.ts'
import { defaultsOf } from '../../harness/cli/run/options.ts'
import { sleep, waitUntil } from '../../harness/support/wait.ts'
import { replicatedClient } from './client.ts'
import { type ClientOptions, clientOptions } from './options.ts'
import { CLIENT_PORT } from './wire.ts'

/** A node that opens sessions. It answers a call or never does. */
class FakeNode implements AsyncDisposable {
  readonly calls: unknown[] = []
  readonly #answers: boolean
  readonly #server = http.createServer((request, response) => {
    let text = ''
    request.on('data', (chunk) => {
      text += chunk
    })
    request.on('end', () => {
      if (request.url === '/session') response.end(JSON.stringify({ value: 7, term: 1, index: 1 }))
      else this.calls.push(JSON.parse(text))
      if (request.url !== '/session' && this.#answers)
        response.end(JSON.stringify({ value: { key: 1, value: 2 }, term: 1, index: 2 }))
    })
  })

  constructor(answers: boolean) {
    this.#answers = answers
  }

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

const nodes: FakeNode[] = []
afterEach(async () => {
  for (const node of nodes.splice(0)) await node[Symbol.asyncDispose]()
})

const REQUEST = {
  vocabulary: 'register',
  session: 7,
  seq: 1,
  call: { f: 'write', value: { key: 1, value: 2 } },
}

/** Writes through two nodes, of which those answer; returns what each was asked, before and after the connection was given up. */
const write = async (
  answers: readonly [boolean, boolean],
  options: Partial<ClientOptions>,
  untilClosed: () => Promise<void> = async () => {},
) => {
  const endpoints = ['127.0.77.1', '127.0.77.2'].map((address, i) => ({ node: `n${i + 1}`, address }))
  for (const [i, { address }] of endpoints.entries()) {
    const node = new FakeNode(answers[i] === true)
    await node.listen(address)
    nodes.push(node)
  }
  const context: ClientContext<ClientOptions> = {
    process: 0,
    node: endpoints[0] as (typeof endpoints)[0],
    endpoints,
    localAddress: undefined,
    services: {},
    // A silent node takes all of it. The others answer at once, also where the machine is busy.
    options: { ...defaultsOf(clientOptions), attempts: 1, 'attempt-timeout': 1000, ...options },
    signal: AbortSignal.timeout(30_000),
  }
  const connection = await replicatedClient('register').open(context)
  const outcome = await connection.invoke(REQUEST.call, AbortSignal.timeout(30_000))
  const before = nodes.map(({ calls }) => [...calls])
  await untilClosed()
  await connection[Symbol.asyncDispose]()
  return { outcome, before, after: nodes.map(({ calls }) => calls) }
}

const SILENT = [false, false] as const
const SECOND = [false, true] as const

it('a write whose outcome stays unknown is sent once more, later and elsewhere, under its sequence number', async () => {
  const { outcome, before, after } = await write(SILENT, {})
  expect(outcome).toMatchObject({ type: 'info', meta: { attempts: 1, lateRetryMs: 400 } })
  expect(before).toEqual([[REQUEST], []])
  expect(after).toEqual([[REQUEST], [REQUEST]])
})

it('so is one that was tried more than once, while its connection goes on', async () => {
  const isAsked = async () => expect(await waitUntil(() => nodes[1]?.calls.length === 2, 5000, 10)).toBe(true)
  const { outcome, before, after } = await write(SECOND, { attempts: 2 }, isAsked)
  expect(outcome).toMatchObject({ type: 'ok', meta: { attempts: 2, lateRetryMs: 400 } })
  expect(before).toEqual([[REQUEST], [REQUEST]])
  expect(after).toEqual([[REQUEST], [REQUEST, REQUEST]])
})

it('and not once the connection is closed', async () => {
  const { after } = await write(SECOND, { attempts: 2 })
  // Longer than until the late retry.
  await sleep(800)
  expect(after).toEqual([[REQUEST], [REQUEST]])
})

it('unless an option says otherwise', async () => {
  const { outcome, after } = await write(SILENT, { 'late-retry': false })
  expect(outcome).toMatchObject({ type: 'info', meta: { attempts: 1 } })
  expect(after.map(({ length }) => length)).toEqual([1, 0])
})
