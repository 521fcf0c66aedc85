/**
 * The nodes as one connection of a client sees them: an address for each node, on which every TCP port of the node is passed
 * on to it. So both directions can be counted and lost, without knowing what the client and the node say to each other.
 */
import { once } from 'node:events'
import net from 'node:net'
import type { Endpoint } from '../../api/client.ts'
import { Traffic } from './traffic.ts'

export type Passing = 'all' | 'cut' | 'lost reply' | 'reset'

/** A request whose reply does not come is reset after this time. */
const RESET_AFTER_MS = 300

export interface ProxiedNode extends Endpoint {
  readonly ports: readonly number[]
}

interface Pair {
  readonly id: number
  readonly down: net.Socket
  readonly up: net.Socket
  /** It is to be reset once the reply has come. */
  isDoomed: boolean
}

let used = 0

/** Every address of 127.0.0.0/8 is this machine's own. */
const newAddress = (): string => {
  used++
  return `127.${32 + ((used >> 16) & 63)}.${(used >> 8) & 255}.${used & 255}`
}

export class NodeProxies {
  readonly #source: string
  readonly #servers = new Map<string, net.Server[]>()
  readonly #pairs = new Set<Pair>()
  readonly #endpoints: Endpoint[] = []
  readonly sources = new Set<string>()
  passing: Passing = 'all'
  #traffic = new Traffic([], 1)
  #count = 0

  /** @param source the client's own address, from which the nodes see it come */
  private constructor(source: string) {
    this.#source = source
  }

  static async open(nodes: readonly ProxiedNode[], source: string): Promise<NodeProxies> {
    const proxies = new NodeProxies(source)
    for (const node of nodes) await proxies.#listen(node)
    return proxies
  }

  async #listen({ node, address, ports }: ProxiedNode): Promise<void> {
    const own = newAddress()
    this.#endpoints.push({ node, address: own })
    const servers = ports.map((port) =>
      net
        .createServer({ allowHalfOpen: true }, (down) => this.#accept(down, address, port))
        .listen(port, own),
    )
    this.#servers.set(node, servers)
    await Promise.all(servers.map((server) => once(server, 'listening')))
  }

  get endpoints(): readonly Endpoint[] {
    return this.#endpoints
  }

  /** Sockets of the client that are open. */
  get open(): number {
    return [...this.#pairs].filter(({ down }) => !down.destroyed && !down.readableEnded).length
  }

  /**
   * What is sent and received from now on is counted there.
   *
   * @param from the exchange from which on `passing` says what is passed on
   */
  observe(from: number): Traffic {
    this.#traffic = new Traffic(
      this.#endpoints.map(({ address }) => address),
      from,
    )
    return this.#traffic
  }

  #accept(down: net.Socket, address: string, port: number): void {
    this.sources.add(down.remoteAddress ?? '')
    const up = net.connect({ host: address, port, localAddress: this.#source, allowHalfOpen: true })
    const pair: Pair = { id: this.#count++, down, up, isDoomed: false }
    this.#pairs.add(pair)
    for (const socket of [down, up]) socket.setNoDelay(true).on('error', () => {})
    down.on('data', (bytes) => this.#fromClient(pair, bytes))
    up.on('data', (bytes) => this.#fromNode(pair, bytes))
    down.on('end', () => up.end())
    down.on('close', () => {
      this.#pairs.delete(pair)
      up.destroy()
    })
    up.on('end', () => this.#inForce === 'cut' || down.end())
    up.on('close', (hadError) => {
      if (this.#inForce === 'cut') return
      if (hadError) down.resetAndDestroy()
      else down.end()
    })
  }

  get #inForce(): Passing {
    return this.#traffic.isReached ? this.passing : 'all'
  }

  #fromClient(pair: Pair, bytes: Buffer): void {
    this.#traffic.send(pair.id, performance.now(), bytes)
    if (this.#inForce === 'cut') return
    pair.up.write(bytes)
    if (this.#inForce !== 'reset') return
    // Only this connection: the next one works.
    this.passing = 'all'
    pair.isDoomed = true
    setTimeout(() => pair.down.resetAndDestroy(), RESET_AFTER_MS).unref()
  }

  #fromNode(pair: Pair, bytes: Buffer): void {
    if (pair.isDoomed) pair.down.resetAndDestroy()
    else if (this.#inForce === 'all' || this.#inForce === 'reset') {
      this.#traffic.receive(bytes.length)
      pair.down.write(bytes)
    }
  }

  /** New connections to the node are refused, as if nothing listened there. */
  refuse(node: string): void {
    for (const server of this.#servers.get(node) ?? []) server.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of [...this.#servers.values()].flat()) server.close()
    for (const { down, up } of this.#pairs) {
      down.destroy()
      up.destroy()
    }
  }
}
