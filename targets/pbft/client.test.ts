import { once } from 'node:events'
import http from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import type { ClientContext } from '../../harness/api/client.ts'
import type { Outcome } from '../../harness/api/history.ts'
import { defaultsOf } from '../../harness/cli/run/options.ts'
import { Verifier } from '../../harness/support/ed25519.ts'
import { CLIENT_PORT } from '../protocol/wire.ts'
import { pbftClient } from './client.ts'
import { requestText } from './core/texts.ts'
import type { Request } from './core/types.ts'
import { privateKeyOf, Signer } from './keys.ts'
import { type PbftOptions, pbftOptions } from './options.ts'
import type { Reply } from './wire.ts'

/** How a replica answers: with this value, signed as this replica, or not at all. */
interface Answer {
  readonly value: number
  readonly as?: string
}

const servers: http.Server[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
})

const replyTo = ({ client, timestamp }: Request, value: number, replica: string): Reply => ({
  type: 'reply',
  view: 0,
  client,
  timestamp,
  result: { type: 'value', value: { key: 1, value } },
  replica,
})

const listen = async (node: string, address: string, answer: Answer, asked: Request[]): Promise<void> => {
  const server = http.createServer(async (incoming, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk)
    const request = JSON.parse(Buffer.concat(chunks).toString()) as Request
    asked.push(request)
    const body = replyTo(request, answer.value, node)
    const signer = new Signer(privateKeyOf(answer.as ?? node))
    response.end(JSON.stringify({ body, signature: signer.sign(JSON.stringify(body)) }))
  })
  server.listen(CLIENT_PORT, address)
  await once(server, 'listening')
  servers.push(server)
}

/** Reads from four replicas. Those that are null refuse the connection. */
const read = async (
  answers: readonly (Answer | null)[],
): Promise<{ readonly outcome: Outcome; readonly asked: readonly Request[] }> => {
  const endpoints = answers.map((_, i) => ({ node: `n${i + 1}`, address: `127.0.78.${i + 1}` }))
  const asked: Request[] = []
  for (const [i, { node, address }] of endpoints.entries()) {
    const answer = answers[i]
    if (answer != null) await listen(node, address, answer, asked)
  }
  const context: ClientContext<PbftOptions> = {
    process: 0,
    node: endpoints[0] as (typeof endpoints)[0],
    endpoints,
    localAddress: undefined,
    services: {},
    options: { ...defaultsOf(pbftOptions), attempts: 1, 'attempt-timeout': 5000, 'late-retry': false },
    signal: AbortSignal.timeout(30_000),
  }
  await using connection = await pbftClient('register').open(context)
  const outcome = await connection.invoke({ f: 'read', value: { key: 1 } }, AbortSignal.timeout(30_000))
  return { outcome, asked }
}

const right: Answer = { value: 5 }
const wrong: Answer = { value: 6 }

describe('4.1 the client', () => {
  it('takes what f+1 replicas answer alike, and tells who did', async () => {
    const { outcome } = await read([wrong, null, right, right])
    expect(outcome).toMatchObject({
      type: 'ok',
      value: { key: 1, value: 5 },
      meta: { vouchedBy: 'n3,n4', view: 0, attempts: 1 },
    })
  })

  it.each([
    ['one answer is not enough', [right, null, null, null]],
    ['nor are two that differ', [right, wrong, null, null]],
    ['nor are two of which one is signed by another replica', [right, { value: 5, as: 'n3' }, null, null]],
  ])('%s: the outcome stays in doubt', async (_, answers) => {
    expect((await read(answers)).outcome.type).toBe('info')
  })

  it('what nobody could be sent never happened', async () => {
    expect((await read([null, null, null, null])).outcome).toMatchObject({
      type: 'fail',
      error: expect.stringMatching(/^nothing was sent/),
    })
  })

  it('signs its requests with a key of its own', async () => {
    const { asked } = await read([right, right, null, null])
    const { client, signature } = asked[0] as Request
    expect(new Verifier().isOf(client, requestText(asked[0] as Request), signature)).toBe(true)
  })
})
