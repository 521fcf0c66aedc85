/** A connection to a server of the test, which answers each request as it is told to. */
import { once } from 'node:events'
import net from 'node:net'
import { expect, it } from 'vitest'
import { NoAnswerError, NotSentError } from './errors.ts'
import { Link } from './link.ts'
import { describeQuorum, initProducer, metadata } from './messages.ts'
import { Reader, Writer } from './wire.ts'

const PORT_OF_ANY = 0
const NEVER = new AbortController().signal

/** What the server sends back to a request without its length and number, as bytes; null: it keeps silent. */
type Answer = (request: Buffer) => Buffer | null

interface Played extends AsyncDisposable {
  readonly link: Link
  /** The requests that came, without their lengths. */
  readonly requests: readonly Buffer[]
  hangUp(): void
}

/** @param piece how many bytes the server sends at a time */
const play = async (answer: Answer, piece = 1000): Promise<Played> => {
  const requests: Buffer[] = []
  const sockets: net.Socket[] = []
  const server = net.createServer((socket) => {
    let rest = Buffer.alloc(0)
    sockets.push(socket)
    socket.setNoDelay(true)
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      rest = Buffer.concat([rest, chunk])
      while (rest.length >= 4 && rest.length >= 4 + rest.readInt32BE()) {
        const request = rest.subarray(4, 4 + rest.readInt32BE())
        rest = rest.subarray(4 + request.length)
        requests.push(request)
        const body = answer(request)
        if (body === null) continue
        const bytes = new Writer().bytes(Buffer.concat([request.subarray(4, 8), body])).done()
        for (let at = 0; at < bytes.length; at += piece) socket.write(bytes.subarray(at, at + piece))
      }
    })
  })
  server.listen(PORT_OF_ANY, '127.0.0.1')
  await once(server, 'listening')
  const link = new Link(net.connect((server.address() as net.AddressInfo).port, '127.0.0.1'))
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

const INTRODUCED = new Writer()
  .int32(0)
  .int16(0)
  .int64(2 ** 40)
  .int16(3)
  .done()

it.each([1, 3, 1000])('reads an answer that comes in pieces of %d bytes', async (piece) => {
  await using played = await play(() => INTRODUCED, piece)
  expect(await played.link.ask(initProducer(), NEVER)).toEqual({ error: 0, id: 2 ** 40, epoch: 3 })
})

it('sends the number of the request, its version and a name, and tags where the version has them', async () => {
  const none = new Writer().noTags().int16(41).done()
  await using played = await play((request) => (request.readInt16BE() === 55 ? none : INTRODUCED))
  await played.link.ask(initProducer(), NEVER)
  expect(await played.link.ask(describeQuorum(), NEVER)).toEqual({ error: 41, leader: -1, epoch: -1 })
  const [plain, flexible] = played.requests.map((bytes) => {
    const reader = new Reader(bytes)
    return [reader.int16(), reader.int16(), reader.int32(), reader.text(), reader.raw(2).toString('hex')]
  })
  expect(plain).toEqual([22, 1, 1, 'faultline', 'ffff'])
  expect(flexible).toEqual([55, 0, 2, 'faultline', '0002'])
})

it('tells what was not sent from what was not answered', async () => {
  await using played = await play(() => null)
  const asked = played.link.ask(metadata(null), NEVER)
  const failed = expect(asked).rejects.toThrow(NoAnswerError)
  played.hangUp()
  await failed
  expect(played.link.isOpen).toBe(false)
  await expect(played.link.ask(metadata(null), NEVER)).rejects.toThrow(NotSentError)
  expect(() => played.link.tell(metadata(null))).toThrow(NotSentError)
})

it('ends with a request that is given up, since the next answer would wait behind it', async () => {
  await using played = await play(() => null)
  const time = new AbortController()
  const failed = expect(played.link.ask(metadata([]), time.signal)).rejects.toThrow('no answer in time')
  time.abort()
  await failed
  expect(played.link.isOpen).toBe(false)
})

it('asks nothing when the time is over', async () => {
  await using played = await play(() => null)
  await expect(played.link.ask(metadata([]), AbortSignal.abort())).rejects.toThrow(NotSentError)
  expect(played.requests).toEqual([])
})

it('ends with an answer that is none', async () => {
  await using played = await play(() => Buffer.alloc(0))
  await expect(played.link.ask(initProducer(), NEVER)).rejects.toThrow(RangeError)
})

it('reads who leads, of brokers with names and topics with replicas', async () => {
  const known = new Writer()
    .int32(0)
    .array([1, 2], (to, id) => to.int32(id).text(`198.18.0.${id}`).int32(9092).text(`n${id}`))
    .text('cluster')
    .int32(1)
    .int32(1)
    .int16(0)
    .text('elements')
    .int8(0)
    .int32(1)
    .int16(0)
    .int32(0)
    .int32(2)
    .int32(7)
    .array([1, 2], (to, id) => to.int32(id))
    .array([2], (to, id) => to.int32(id))
    .array([1], (to, id) => to.int32(id))
    .done()
  await using played = await play(() => known)
  expect(await played.link.ask(metadata(null), NEVER)).toEqual({
    brokers: [
      { id: 1, address: '198.18.0.1', rack: 'n1' },
      { id: 2, address: '198.18.0.2', rack: 'n2' },
    ],
    topics: [{ name: 'elements', error: 0, leader: 2, leaderEpoch: 7, replicas: [1, 2], inSync: [2] }],
  })
})
