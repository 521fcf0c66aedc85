/** Calls as our server gets them, and what becomes of its answers. */
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import type { Call } from '../../harness/api/history.ts'
import { JsonHttp } from '../http.ts'
import { perform, type Refused, senderTo } from './client.ts'
import { isDefinite } from './errors.ts'
import { ACTS, type Send } from './objects.ts'

const actOf = (vocabulary: string) => {
  const found = ACTS.find(([{ name }]) => name === vocabulary)
  if (found === undefined) throw new Error(vocabulary)
  return found[1]
}

/** What is sent for a call, and its outcome if this is the answer. */
const exchange = async (vocabulary: string, call: Call, answer: unknown) => {
  const sent: unknown[] = []
  const send: Send = async (...all) => {
    sent.push(all)
    return answer
  }
  return { sent, outcome: await perform(send, actOf(vocabulary), call, 'n1') }
}

const BIG = 2n ** 60n + 1n

describe('a call is one command', () => {
  it.each<readonly [string, Call, readonly unknown[], unknown, unknown]>([
    ['register', { f: 'read', value: { key: 1 } }, ['get', '1'], '"4"', { key: 1, value: '4' }],
    ['register', { f: 'read', value: { key: '1' } }, ['get', '"1"'], null, { key: '1', value: null }],
    ['register', { f: 'read', value: { key: 1 } }, ['get', '1'], String(BIG), { key: 1, value: BIG }],
    [
      'register',
      { f: 'write', value: { key: 1, value: BIG } },
      ['put', '1', String(BIG)],
      null,
      { key: 1, value: BIG },
    ],
    [
      'register',
      { f: 'cas', value: { key: 1, expected: null, next: 2 } },
      ['cas', '1', null, '2'],
      true,
      { key: 1, expected: null, next: 2, applied: true },
    ],
    [
      'register',
      { f: 'cas', value: { key: 1, expected: 'null', next: 2 } },
      ['cas', '1', '"null"', '2'],
      false,
      { key: 1, expected: 'null', next: 2, applied: false },
    ],
    ['set', { f: 'add', value: { element: 3 } }, ['add', '3'], null, { element: 3 }],
    ['set', { f: 'read', value: {} }, ['elements'], ['3', '"3"'], { elements: [3, '3'] }],
    [
      'append-log',
      { f: 'append', value: { key: 1, value: 5 } },
      ['append', '1', '5'],
      0,
      { key: 1, value: 5, offset: 0 },
    ],
    ['append-log', { f: 'read', value: { key: 1 } }, ['log', '1'], ['5'], { key: 1, values: [5] }],
    [
      'counter',
      { f: 'add', value: { key: 1, delta: -2 } },
      ['increment', '1', -2],
      null,
      { key: 1, delta: -2 },
    ],
    ['counter', { f: 'read', value: { key: 1 } }, ['count', '1'], 7, { key: 1, value: 7 }],
    ['queue', { f: 'enqueue', value: { key: 1, value: 5 } }, ['enqueue', '1', '5'], 0, { key: 1, value: 5 }],
    ['queue', { f: 'dequeue', value: { key: 1 } }, ['dequeue', '1'], null, { key: 1, value: null }],
    [
      'lock',
      { f: 'acquire', value: { key: 1, owner: 9 } },
      ['acquire', '1', 9],
      { done: true, token: 1 },
      { done: true, token: 1 },
    ],
    [
      'lock',
      { f: 'release', value: { key: 1, owner: 9 } },
      ['release', '1', 9],
      { done: false },
      { done: false },
    ],
  ])('%s %o: %o', async (vocabulary, call, command, answer, value) => {
    const { sent, outcome } = await exchange(vocabulary, call, answer)
    expect(sent).toEqual([command])
    expect(outcome).toEqual({ type: 'ok', value, meta: { servedBy: 'n1' } })
  })
})

/** A server that answers everything like this; undefined: it closes the connection. */
const serving = async (answer: { readonly status: number; readonly body: unknown } | undefined) => {
  const server = http.createServer((request, response) => {
    request.resume()
    if (answer === undefined) return void request.socket.destroy()
    response.writeHead(answer.status).end(JSON.stringify(answer.body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

describe('an answer', () => {
  it.each([
    ['a value', { status: 200, body: { value: 'x' } }, { value: 'x' }],
    ['no value at all', { status: 200, body: {} }, { definite: false }],
    [
      'a refusal',
      { status: 503, body: { error: 'MISSING_LEADER' } },
      { definite: true, message: 'MISSING_LEADER' },
    ],
    ['a doubt', { status: 503, body: { error: 'LEADER_CHANGED' } }, { definite: false }],
    ['an error of the server', { status: 500, body: {} }, { definite: false, message: 'status 500' }],
    ['no answer', undefined, { definite: false }],
  ])('%s', async (_, answer, expected) => {
    await using server = await serving(answer)
    await using client = new JsonHttp()
    const send = senderTo(client, `http://127.0.0.1:${server.port}`, isDefinite, AbortSignal.timeout(10_000))
    const got = await send('get', '1').then(
      (value) => ({ value }),
      (error: Refused) => error,
    )
    expect(got).toMatchObject(expected)
  })

  it('is not needed to know that nobody got the request', async () => {
    const gone = await serving(undefined)
    const { port } = gone
    await gone[Symbol.asyncDispose]()
    await using client = new JsonHttp()
    const send = senderTo(client, `http://127.0.0.1:${port}`, isDefinite, AbortSignal.timeout(10_000))
    const call = { f: 'write', value: { key: 1, value: 2 } }
    expect(await perform(send, actOf('register'), call, 'n1')).toEqual({
      type: 'fail',
      error: 'ECONNREFUSED',
    })
  })
})
