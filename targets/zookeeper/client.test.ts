/** The clients against a server of which each answer is given: what becomes of a call, and what is sent again. */
import net from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Connection } from '../../harness/api/client.ts'
import type { Call, Outcome } from '../../harness/api/history.ts'
import { REGISTER } from '../../harness/vocabularies/register.ts'
import { zookeeperClients } from './client.ts'
import { CODES } from './errors.ts'
import { FrameReader, framed, JuteReader, JuteWriter } from './jute.ts'
import type { ZooKeeperOptions } from './options.ts'
import { CLIENT_PORT } from './ports.ts'
import { zookeeper } from './target.ts'

/** An address of this process alone. */
const ADDRESS = `127.${1 + (process.pid % 250)}.${(process.pid >> 8) % 256}.1`
const CLIENT_ADDRESS = '127.0.0.9'

/** Of one request: a code, with which it is answered; a connection that is closed; or nothing. */
type Answer = number | 'close' | 'silence'

interface Hello {
  readonly seen: bigint
  readonly id: bigint
  readonly from: string | undefined
}

/** Grants sessions, and gives the answers one after another, to whatever is asked. */
class FakeServer implements AsyncDisposable {
  readonly hellos: Hello[] = []
  readonly ops: number[] = []
  answers: Answer[] = []
  /** Whether the next session that is continued has expired. */
  hasExpired = false
  #zxid = 0n
  readonly #sockets = new Set<net.Socket>()
  readonly #server = net.createServer((socket) => this.#serve(socket))

  listen(): Promise<void> {
    return new Promise((resolve) => this.#server.listen(CLIENT_PORT, ADDRESS, resolve))
  }

  #serve(socket: net.Socket): void {
    const frames = new FrameReader()
    let isNew = true
    this.#sockets.add(socket)
    socket.on('error', () => {})
    socket.on('data', (bytes) => {
      for (const frame of frames.take(bytes)) {
        if (isNew) this.#welcome(socket, new JuteReader(frame))
        else this.#answer(socket, new JuteReader(frame))
        isNew = false
      }
    })
  }

  #welcome(socket: net.Socket, hello: JuteReader): void {
    hello.int()
    const seen = hello.long()
    const timeoutMs = hello.int()
    const id = hello.long()
    this.hellos.push({ seen, id, from: socket.remoteAddress })
    const isOver = id !== 0n && this.hasExpired
    const granted = new JuteWriter().int(0).int(isOver ? 0 : timeoutMs)
    const session = isOver ? 0n : id === 0n ? BigInt(100 + this.hellos.length) : id
    socket.write(framed(granted.long(session).bytes(Buffer.alloc(16)).bool(false).finish()))
  }

  #answer(socket: net.Socket, request: JuteReader): void {
    const xid = request.int()
    this.ops.push(request.int())
    const answer = this.answers.shift() ?? 'silence'
    if (answer === 'close') socket.destroy()
    if (typeof answer !== 'number') return
    this.#zxid += 1n
    const header = new JuteWriter().int(xid).long(this.#zxid).int(answer)
    // Enough zeros for any answer: no data, version 0.
    socket.write(framed(header.record(Buffer.alloc(80)).finish()))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

const OPTIONS: ZooKeeperOptions = {
  reads: 'plain',
  locks: 'ephemeral',
  'force-sync': true,
  version: 'debian',
  'trust-empty-snapshot': true,
  sink: 'none',
  'session-timeout': 4000,
  'tick-time': 500,
  'init-limit': 20,
  'sync-limit': 4,
  'snap-count': 1000,
}

const open = async (vocabulary: string, options = OPTIONS): Promise<Connection> => {
  const node = { node: 'n1', address: ADDRESS }
  const client = zookeeperClients[vocabulary]
  if (client === undefined) throw new Error(`no client of ${vocabulary}`)
  return client.open({
    process: 0,
    node,
    endpoints: [node],
    localAddress: CLIENT_ADDRESS,
    services: {},
    options,
    signal: AbortSignal.timeout(2000),
  })
}

const WRITE: Call = { f: 'write', value: { key: 1, value: 2 } }
const READ: Call = { f: 'read', value: { key: 1 } }

const PATIENCE_MS = 200
const ask = (connection: Connection, call: Call): Promise<Outcome> =>
  connection.invoke(call, AbortSignal.timeout(PATIENCE_MS))

describe('a client', () => {
  let server: FakeServer
  beforeEach(async () => {
    server = new FakeServer()
    await server.listen()
  })
  afterEach(() => server[Symbol.asyncDispose]())

  it.each<readonly [answers: Answer[], type: Outcome['type'], ops: number]>([
    [[0], 'ok', 1],
    [[CODES.sessionExpired], 'fail', 1],
    [[-1], 'info', 1],
    [['close'], 'info', 1],
    [['silence'], 'info', 1],
    // It does not exist, so it is created; somebody else was faster, so it is written.
    [[CODES.noNode, 0], 'ok', 2],
    [[CODES.noNode, CODES.nodeExists, 0], 'ok', 3],
    [[CODES.noNode, 'close'], 'info', 2],
  ])('whose write is answered by %j says %s, and sends nothing again', async (answers, type, ops) => {
    server.answers = [...answers]
    await using connection = await open(REGISTER.name)
    expect((await ask(connection, WRITE)).type).toBe(type)
    expect(server.ops).toHaveLength(ops)
  })

  it.each<Answer>(['close', 'silence'])(
    'whose read meets %j says that nothing was written',
    async (answer) => {
      server.answers = [answer]
      await using connection = await open(REGISTER.name)
      expect(await ask(connection, READ)).toMatchObject({
        type: 'fail',
        error: expect.stringContaining('nothing was written yet'),
      })
    },
  )

  it('reads after a write of its own if it reads by quorum, and after a sync if it is told so', async () => {
    for (const [reads, ops] of [
      ['quorum', [5, 4]],
      ['sync', [9, 4]],
      ['plain', [4]],
    ] as const) {
      server.ops.length = 0
      server.answers = [0, CODES.noNode].slice(-ops.length)
      await using connection = await open(REGISTER.name, { ...OPTIONS, reads })
      expect(await ask(connection, READ)).toMatchObject({ type: 'ok', value: { key: 1, value: null } })
      expect(server.ops).toEqual(ops)
    }
  })

  it('whose compare-and-set meets another version says that nothing was written', async () => {
    server.answers = [CODES.noNode, CODES.nodeExists]
    await using connection = await open(REGISTER.name)
    const call = { f: 'cas', value: { key: 1, expected: null, next: 3 } }
    expect(await ask(connection, call)).toEqual({ type: 'fail', error: 'conflict' })
  })

  it('continues its session on the next connection, from what it has seen', async () => {
    server.answers = [0, 'close', 0]
    await using connection = await open(REGISTER.name)
    for (const type of ['ok', 'info', 'ok']) expect((await ask(connection, WRITE)).type).toBe(type)
    expect(server.hellos).toEqual([
      { seen: 0n, id: 0n, from: CLIENT_ADDRESS },
      { seen: 1n, id: 101n, from: CLIENT_ADDRESS },
    ])
  })

  it('begins another session if its own has expired, and still refuses an older state', async () => {
    server.answers = [0, 'close', 0]
    server.hasExpired = true
    await using connection = await open(REGISTER.name)
    for (const type of ['ok', 'info', 'ok']) expect((await ask(connection, WRITE)).type).toBe(type)
    expect(server.hellos.map(({ seen, id }) => [seen, id])).toEqual([
      [0n, 0n],
      [1n, 101n],
      [1n, 0n],
    ])
  })
})

it('without a server a client does not open', async () => {
  await expect(open(REGISTER.name)).rejects.toThrow(/^connect ECONNREFUSED/)
})

it('claims what the options give', () => {
  const claimed = (options: Partial<ZooKeeperOptions>) =>
    zookeeper.claims({ ...OPTIONS, ...options }, REGISTER)
  expect(claimed({ reads: 'quorum' })).toMatchObject({
    consistency: { register: { read: 'linearizable' }, lock: 'fenced' },
    minority: 'refuse',
    tolerates: { 'power-loss': 'any' },
  })
  expect(claimed({ reads: 'sync', locks: 'persistent' })).toMatchObject({
    consistency: { register: { read: 'sequential', write: 'linearizable' }, lock: 'linearizable' },
    minority: 'serve-reads',
  })
  for (const option of ['force-sync', 'trust-empty-snapshot'])
    expect(claimed({ [option]: false }).tolerates).not.toHaveProperty('power-loss')
})
