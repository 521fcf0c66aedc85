/** The client against a server of the test, which answers each request as it is told to. */
import { once } from 'node:events'
import net from 'node:net'
import { expect, it } from 'vitest'
import { outcomeOf } from './errors.ts'
import { JetStream } from './jetstream.ts'
import { Link, NoAnswerError, NotSentError } from './link.ts'
import { type Message, Parser } from './protocol.ts'

/** What the server sends back to a request, as bytes; null: it keeps silent. */
type Answer = (request: Message, at: number) => string | null

const PORT_OF_ANY = 0

interface Played extends AsyncDisposable {
  readonly link: Link
  /** The requests that came, in order. */
  readonly requests: readonly Message[]
  hangUp(): void
}

/** What a client sends, as a server would send it on: so one parser reads both. */
const asSentOn = (text: string): string =>
  text.replace(/^(?:CONNECT|SUB|UNSUB) .*\r\n/gm, '').replace(/^(H?)PUB (\S+)/gm, '$1MSG $2 1')

const play = async (answer: Answer): Promise<Played> => {
  const requests: Message[] = []
  const sockets: net.Socket[] = []
  const server = net.createServer((socket) => {
    const parser = new Parser()
    sockets.push(socket)
    socket.write('INFO {}\r\n')
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      for (const received of parser.take(Buffer.from(asSentOn(chunk.toString())))) {
        if (received.type === 'PING') socket.write('PONG\r\n')
        if (received.type !== 'message') continue
        requests.push(received)
        socket.write(answer(received, requests.length) ?? '')
      }
    })
  })
  server.listen(PORT_OF_ANY, '127.0.0.1')
  await once(server, 'listening')
  const link = new Link(net.connect((server.address() as net.AddressInfo).port, '127.0.0.1'), 'p1')
  await link.ready
  return {
    link,
    requests,
    hangUp: () => {
      for (const socket of sockets) socket.destroy()
    },
    [Symbol.asyncDispose]: async () => {
      link.cut()
      server.close()
      await once(server, 'close')
    },
  }
}

const json = (to: string | null, body: unknown): string => {
  const text = JSON.stringify(body)
  return `MSG ${to} 1 ${text.length}\r\n${text}\r\n`
}
const withStatus = (to: string | null, status: number, subscription = '1'): string =>
  `HMSG ${to} ${subscription} 16 16\r\nNATS/1.0 ${status}\r\n\r\n\r\n`

const NEVER = new AbortController().signal
const PUBLICATION = { subject: 'set', text: '7', id: 'p1-1' }

const published = async (answer: Answer, id: string | null = 'p1-1', retryAfterMs = 1) => {
  await using server = await play(answer)
  let sent = 0
  const stream = new JetStream(server.link, NEVER, retryAfterMs)
  const ended = await stream
    .publish({ ...PUBLICATION, id }, () => {
      sent += 1
    })
    .catch((error: unknown) => error)
  return { ended, sent, ids: server.requests.map(({ headers }) => headers['Nats-Msg-Id']) }
}

it('publishes again with the same id what is not acknowledged, and counts it', async () => {
  const { ended, sent, ids } = await published(({ reply }, at) => (at < 3 ? null : json(reply, { seq: 9 })))
  expect(ended).toMatchObject({ seq: 9 })
  // More may have been on the way when the answer came.
  expect(ids.length).toBeGreaterThanOrEqual(3)
  expect(new Set(ids)).toEqual(new Set(['p1-1']))
  expect(sent).toBeGreaterThanOrEqual(3)
})

it('sends again what nobody has received, and then knows that nothing happened', async () => {
  const { ended, sent } = await published(({ reply }) => withStatus(reply, 503), 'p1-1', 0)
  expect(sent).toBe(5)
  expect(outcomeOf(ended, 'publishing')).toMatchObject({ type: 'fail' })
})

it('is in doubt if nobody receives it the second time: somebody may have done so the first time', async () => {
  const { ended } = await published(({ reply }, at) => (at === 1 ? null : withStatus(reply, 503)))
  expect(outcomeOf(ended, 'publishing')).toMatchObject({
    type: 'info',
    error: expect.stringContaining('503'),
  })
})

it('does not send again without an id', async () => {
  await using server = await play(() => null)
  const end = new AbortController()
  const stream = new JetStream(server.link, end.signal, 1)
  let sent = 0
  const publishing = stream.publish({ ...PUBLICATION, id: null }, () => {
    sent += 1
  })
  await expect.poll(() => server.requests.length).toBe(1)
  end.abort()
  await expect(publishing).rejects.toThrow(NoAnswerError)
  expect(sent).toBe(1)
})

it('creates a stream once, whoever else wants it', async () => {
  let exists = false
  await using server = await play(({ subject, reply }) => {
    if (subject.includes('CREATE')) exists = true
    const gone = { error: { code: 404, err_code: 10059, description: 'stream not found' } }
    return json(reply, exists ? { state: { last_seq: 0 } } : gone)
  })
  const stream = new JetStream(server.link, NEVER, 0)
  const config = { name: 'set', subjects: ['set'], num_replicas: 3 }
  await Promise.all([stream.declare(config), stream.declare(config), stream.declare(config)])
  expect(server.requests.filter(({ subject }) => subject === '$JS.API.STREAM.CREATE.set')).toHaveLength(1)
})

it('gets messages of a queue by their subscription, for they have the subject of the stream', async () => {
  await using server = await play(({ subject, reply }) => {
    const token = reply?.split('.').at(-1)
    return subject.endsWith('full')
      ? `MSG queue ${token} $JS.ACK.1 2\r\n42\r\n`
      : withStatus(reply, 404, token)
  })
  const stream = new JetStream(server.link, NEVER, 0)
  const message = await stream.pull('queue', 'full', 0)
  expect(message?.text).toBe('42')
  message?.acknowledge()
  expect(await stream.pull('queue', 'empty', 0)).toBeNull()
  await expect.poll(() => server.requests.map(({ subject }) => subject)).toContain('$JS.ACK.1')
})

it('knows whether a request was sent when the connection ends', async () => {
  await using server = await play(() => null)
  const stream = new JetStream(server.link, NEVER, 0)
  const asked = stream.last('set')
  await expect.poll(() => server.requests.length).toBe(1)
  server.hangUp()
  await expect(asked).rejects.toThrow(NoAnswerError)
  await expect(stream.last('set')).rejects.toThrow(NotSentError)
})
