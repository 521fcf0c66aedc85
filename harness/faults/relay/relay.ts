/**
 * The process that carries a node's TCP connections, in the node's network namespace: `node relay.ts`. Its settings,
 * and then orders, are lines of its standard input; it ends with that. What it says are lines of its standard output.
 */
import net from 'node:net'
import readline from 'node:readline'
import { pathToFileURL } from 'node:url'
import type { ByzantineCodec, Liar, Stream } from '../../api/byzantine.ts'
import { rngFromSeed } from '../../support/random.ts'
import { Flow } from './flow.ts'
import { Mouth } from './mouth.ts'
import type { OpenRoute, Order, RelaySettings, Reply, Route, SuspendOrder } from './orders.ts'
import { RELAY_PORTS } from './ports.ts'
import { Suspense } from './suspense.ts'
import { Tally } from './tally.ts'

const reply = (line: Reply): void => {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

const withoutV6 = (address: string | undefined): string => (address ?? '').replace(/^::ffff:/, '')

interface OwnConnection {
  readonly socket: net.Socket
  readonly stream: Stream
}

class Relay {
  readonly #settings: RelaySettings
  readonly #liar: Liar | null
  readonly #tally: Tally
  readonly #mouth: Mouth
  /** Null: the codec knows no epochs. */
  readonly #suspense: Suspense | null
  /** Peer -> what the traitor says on its latest connection to it. */
  readonly #latest = new Map<string, Flow>()
  /** Peer -> the connection that the relay itself has opened. */
  readonly #own = new Map<string, OwnConnection>()
  #connections = 0
  #bytes = 0
  #misread = 0

  constructor(settings: RelaySettings, codec: ByzantineCodec | null) {
    const { node, nodes, secrets, accomplices, seed } = settings
    const rng = rngFromSeed(seed)
    const share = (knowledge: unknown): void => reply({ type: 'share', knowledge })
    this.#settings = settings
    this.#liar = codec?.create({ node, nodes, secrets, accomplices, rng, share }) ?? null
    const startedMs = performance.now()
    this.#tally = new Tally(node, () => performance.now() - startedMs)
    const epochs = this.#liar?.epochs
    this.#suspense = epochs === undefined ? null : new Suspense(epochs, () => performance.now())
    this.#mouth = new Mouth({
      liar: this.#liar,
      rng: rng.fork('mouth', node),
      tally: this.#tally,
      sayTo: (peer, make) => this.#sayTo(peer, make),
    })
  }

  obey(order: Order): void {
    if (order.type === 'lie') return this.#mouth.obey(order)
    if (order.type === 'learn') return this.#liar?.learn?.(order.from, order.knowledge)
    if (order.type === 'suspend') return this.#suspend(order)
    reply({
      type: 'report',
      told: this.#tally.told,
      connections: this.#connections,
      bytes: this.#bytes,
      misread: this.#misread,
      suspended: this.#suspense?.counts ?? null,
    })
  }

  #suspend({ isOn }: SuspendOrder): void {
    if (this.#suspense === null) throw new Error('the codec knows no epochs')
    this.#suspense.turn(isOn)
  }

  async open(): Promise<readonly OpenRoute[]> {
    const open: OpenRoute[] = []
    let relayPort: number = RELAY_PORTS.first
    for (const route of this.#settings.routes) {
      relayPort = await this.#listen(route, relayPort)
      open.push({ ...route, relayPort })
      relayPort++
    }
    return open
  }

  /** The first port from `from` on that is free. */
  async #listen(route: Route, from: number): Promise<number> {
    for (let port = from; port <= RELAY_PORTS.last; port++) {
      const server = net.createServer({ allowHalfOpen: true, noDelay: true }, (socket) =>
        this.#accept(route, socket),
      )
      const isOpen = await new Promise<boolean>((resolve) => {
        server.once('error', () => resolve(false))
        server.listen(port, '0.0.0.0', () => resolve(true))
      })
      if (isOpen) return port
    }
    throw new Error(`no port from ${RELAY_PORTS.first} to ${RELAY_PORTS.last} is free`)
  }

  #accept({ node, port }: Route, near: net.Socket): void {
    const { nodes } = this.#settings
    const isOpenedByTraitor = node !== this.#settings.node
    const end = isOpenedByTraitor ? node : this.#nameOf(withoutV6(near.remoteAddress))
    const far = net.connect({ host: nodes[node] as string, port, allowHalfOpen: true, noDelay: true })
    const [traitor, other] = isOpenedByTraitor ? [near, far] : [far, near]
    const connection = ++this.#connections
    const streamOf = (direction: Stream['direction']): Stream => ({
      connection,
      direction,
      peer: Object.hasOwn(nodes, end) ? end : null,
      port,
      isOpenedByTraitor,
    })
    const said = this.#carry(streamOf('said'), end, traitor, other)
    this.#carry(streamOf('heard'), end, other, traitor)
    if (isOpenedByTraitor && port === this.#settings.peerPort) this.#latest.set(end, said)
    for (const [socket, partner] of [
      [near, far],
      [far, near],
    ] as const) {
      socket.on('error', () => partner.resetAndDestroy())
      // What ended in order is written out before.
      socket.on('close', (failed) => (failed ? partner.resetAndDestroy() : partner.end()))
    }
  }

  /** False: it has no connection, and none can be opened. */
  #sayTo(peer: string, make: (stream: Stream) => Buffer): boolean {
    const flow = this.#latest.get(peer)
    if (flow?.isOpen === true) {
      flow.say(make(flow.stream))
      return true
    }
    const own = this.#own.get(peer) ?? this.#connectTo(peer)
    if (own === null || !own.socket.writable || own.socket.writableNeedDrain) return false
    own.socket.write(make(own.stream))
    return true
  }

  /** A connection of its own, on which nobody listens to the answers. */
  #connectTo(peer: string): OwnConnection | null {
    const { nodes, peerPort: port } = this.#settings
    const host = nodes[peer]
    if (host === undefined || port === null) return null
    const socket = net.connect({ host, port, noDelay: true })
    const connection = ++this.#connections
    const own: OwnConnection = {
      socket,
      stream: { connection, direction: 'said', peer, port, isOpenedByTraitor: true },
    }
    this.#own.set(peer, own)
    socket.resume()
    socket.on('error', () => socket.destroy())
    socket.on('close', () => this.#own.delete(peer))
    return own
  }

  #carry(stream: Stream, end: string, from: net.Socket, to: net.Socket): Flow {
    return new Flow({
      stream,
      end,
      from,
      to,
      decoder: this.#liar?.decoder(stream) ?? null,
      mouth: this.#mouth,
      suspense: this.#suspense,
      onBytes: (bytes) => {
        this.#bytes += bytes
      },
      onMisread: () => {
        this.#misread++
      },
    })
  }

  /** Of a node or a group of clients; otherwise the address. */
  #nameOf(address: string): string {
    const { nodes, clients } = this.#settings
    const known = Object.entries({ ...nodes, ...clients }).find(([, each]) => each === address)
    return known?.[0] ?? address
  }
}

const lines = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const first = await lines.next()
if (first.done === true) process.exit(0)
const settings = JSON.parse(first.value) as RelaySettings
const codec =
  settings.codec === null
    ? null
    : ((await import(pathToFileURL(settings.codec).href)) as { readonly default: ByzantineCodec }).default
const relay = new Relay(settings, codec)
reply({ type: 'ready', routes: await relay.open() })
for await (const line of { [Symbol.asyncIterator]: () => lines }) relay.obey(JSON.parse(line) as Order)
process.exit(0)
