/**
 * Messages between nodes: one TCP connection a direction, one JSON message a line. Delivery is best effort, as Raft
 * allows: while a connection is down its messages are dropped, never queued beyond a bound.
 *
 * The receiver answers every line with one byte. A sender that gets none for a second drops the connection: after a
 * partition TCP itself would wait out its retransmission back-off for seconds.
 */
import net from 'node:net'
import readline from 'node:readline'
import type { Envelope, Message, NodeId } from '../core/types.ts'

const RECONNECT_MS = 50
const SILENCE_MS = 1000
const MAX_BUFFERED_BYTES = 4 * 2 ** 20

/** The outgoing side to one peer. */
export class PeerLink {
  readonly #address: string
  readonly #port: number
  #socket: net.Socket | null = null
  #lastAttemptMs = Number.NEGATIVE_INFINITY
  /** Since when the peer owes an answer; null: it owes none. */
  #owedSinceMs: number | null = null

  constructor(address: string, port: number) {
    this.#address = address
    this.#port = port
  }

  send(envelope: Envelope): void {
    const nowMs = performance.now()
    if (this.#owedSinceMs !== null && nowMs - this.#owedSinceMs > SILENCE_MS) this.#socket?.destroy()
    const socket = this.#connected(nowMs)
    if (socket === null || socket.writableLength > MAX_BUFFERED_BYTES) return
    this.#owedSinceMs ??= nowMs
    socket.write(`${JSON.stringify(envelope)}\n`)
  }

  #connected(nowMs: number): net.Socket | null {
    if (this.#socket !== null && !this.#socket.destroyed) return this.#socket.connecting ? null : this.#socket
    if (nowMs - this.#lastAttemptMs < RECONNECT_MS) return null
    this.#lastAttemptMs = nowMs
    const socket = net.connect({ host: this.#address, port: this.#port, noDelay: true })
    this.#socket = socket
    this.#owedSinceMs = nowMs
    const heard = (): void => {
      this.#owedSinceMs = null
    }
    socket.on('connect', heard)
    socket.on('data', heard)
    socket.on('error', () => socket.destroy())
    return null
  }
}

const parse = (line: string): Envelope | null => {
  try {
    return JSON.parse(line) as Envelope
  } catch {
    // The sender's connection broke in the middle of a line.
    return null
  }
}

/** Listens for the peers' messages. */
export const listenForPeers = (
  address: string,
  port: number,
  receive: (from: NodeId, message: Message) => void,
): net.Server => {
  const server = net.createServer((socket) => {
    socket.setNoDelay(true)
    socket.on('error', () => socket.destroy())
    const lines = readline.createInterface({ input: socket, crlfDelay: Number.POSITIVE_INFINITY })
    lines.on('error', () => socket.destroy())
    lines.on('line', (line) => {
      const envelope = parse(line)
      if (envelope === null) return
      socket.write('.')
      receive(envelope.from, envelope.message)
    })
  })
  server.listen(port, address)
  return server
}
