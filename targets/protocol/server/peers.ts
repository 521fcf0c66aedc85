/**
 * Messages between nodes: one TCP connection for each direction, one JSON message per line. Delivery is best effort, as
 * all bundled protocols allow: while a connection is down its messages are dropped, and never queued beyond a bound.
 *
 * The receiver answers every line with one byte that tells its version. Lines between nodes of version 2 begin with a
 * checksum, and a line that does not match it is dropped: TCP's checksum has only 16 bits, and a damaged line could still
 * be JSON. A sender that gets no answer for a second drops the connection. After a partition, TCP itself would wait for
 * its retransmission back-off, which takes seconds.
 */
import net from 'node:net'
import readline from 'node:readline'
import zlib from 'node:zlib'
import type { Envelope, NodeId } from '../commands.ts'
import type { Version } from '../wire.ts'

/** The byte with which a receiver of each version answers a line. */
const ANSWERS: Readonly<Record<Version, string>> = { 1: '.', 2: ':' }

const RECONNECT_MS = 50
const SILENCE_MS = 1000
const MAX_BUFFERED_BYTES = 4 * 2 ** 20

/** The outgoing connection to one peer. */
export class PeerLink {
  readonly #address: string
  readonly #port: number
  readonly #version: Version
  /** As its answers on this connection tell; version 1 until it has answered. */
  #peerVersion: Version = 1
  #socket: net.Socket | null = null
  #lastAttemptMs = Number.NEGATIVE_INFINITY
  /** When the peer began to owe an answer; null: it owes none. */
  #owedSinceMs: number | null = null

  constructor(address: string, port: number, version: Version) {
    this.#address = address
    this.#port = port
    this.#version = version
  }

  /** Whether it was handed to the network. */
  send(envelope: Envelope<unknown>): boolean {
    const nowMs = performance.now()
    if (this.#owedSinceMs !== null && nowMs - this.#owedSinceMs > SILENCE_MS) this.#socket?.destroy()
    const socket = this.#connected(nowMs)
    if (socket === null || socket.writableLength > MAX_BUFFERED_BYTES) return false
    this.#owedSinceMs ??= nowMs
    const text = JSON.stringify(envelope)
    socket.write(this.#version === 2 && this.#peerVersion === 2 ? `${checksum(text)}${text}\n` : `${text}\n`)
    return true
  }

  #connected(nowMs: number): net.Socket | null {
    if (this.#socket !== null && !this.#socket.destroyed) return this.#socket.connecting ? null : this.#socket
    if (nowMs - this.#lastAttemptMs < RECONNECT_MS) return null
    this.#lastAttemptMs = nowMs
    const socket = net.connect({ host: this.#address, port: this.#port, noDelay: true })
    this.#socket = socket
    this.#owedSinceMs = nowMs
    this.#peerVersion = 1
    const heard = (): void => {
      this.#owedSinceMs = null
    }
    socket.on('connect', heard)
    socket.on('data', (answers: Buffer) => {
      if (answers.includes(ANSWERS[2])) this.#peerVersion = 2
      heard()
    })
    socket.on('error', () => socket.destroy())
    return null
  }
}

const CHECKSUM_LENGTH = 9

const checksum = (text: string): string => `#${zlib.crc32(text).toString(16).padStart(8, '0')}`

const parse = <M>(line: string): Envelope<M> | null => {
  const text = line.startsWith('#') ? line.slice(CHECKSUM_LENGTH) : line
  if (text !== line && checksum(text) !== line.slice(0, CHECKSUM_LENGTH)) return null
  try {
    return JSON.parse(text) as Envelope<M>
  } catch {
    // The sender's connection broke in the middle of a line.
    return null
  }
}

/** Listens for the peers' messages. */
export const listenForPeers = <M>(
  address: string,
  port: number,
  version: Version,
  receive: (from: NodeId, message: M) => void,
): net.Server => {
  const server = net.createServer((socket) => {
    socket.setNoDelay(true)
    socket.on('error', () => socket.destroy())
    const lines = readline.createInterface({ input: socket, crlfDelay: Number.POSITIVE_INFINITY })
    lines.on('error', () => socket.destroy())
    lines.on('line', (line) => {
      const envelope = parse<M>(line)
      if (envelope === null) return
      socket.write(ANSWERS[version])
      receive(envelope.from, envelope.message)
    })
  })
  server.listen(port, address)
  return server
}
