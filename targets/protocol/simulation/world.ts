/**
 * A cluster of a protocol's cores under a deterministic simulator: one seed decides message delays, losses, duplicates and
 * reorderings, partitions, crashes, power losses and pauses, and what the clients ask. Virtual time is in ticks.
 */
import type { Call } from '../../../harness/api/history.ts'
import type { Rng } from '../../../harness/api/random.ts'
import type { Command, Envelope, NodeId } from '../commands.ts'
import { Agenda } from './agenda.ts'
import type { SimulatedNode, SimulatedProtocol, SimulatedReply } from './node.ts'

interface WorldOptions<M, D extends { losePower(): void }, N extends SimulatedNode<M>> {
  readonly rng: Rng
  readonly protocol: SimulatedProtocol<M, D, N>
  readonly nodes: number
  /** Whether messages are lost, repeated and late besides the faults. */
  readonly isLossy: boolean
}

interface Server<D, N> {
  readonly disk: D
  node: N
  up: boolean
  paused: boolean
  /** What arrived while it was paused. It is processed on resume, as with real sockets. */
  inbox: (() => void)[]
  /** Something has arrived since it last did what its core asks for. */
  isDue: boolean
}

/** What clients and faults see of it. */
export interface World {
  readonly now: number
  readonly ids: readonly NodeId[]
  leader(): NodeId | null
  after(delay: number, action: () => void): void
  beginFault(tick: number, action: () => void): void
  endFault(tick: number, action: () => void): void
  crash(id: NodeId, losesPower: boolean): void
  restart(id: NodeId): void
  pause(id: NodeId): void
  resume(id: NodeId): void
  cut(links: readonly string[]): void
  heal(links: readonly string[]): void
  submit(to: NodeId, command: Command, reply: SimulatedReply): void
  read(to: NodeId, call: Call, reply: SimulatedReply): void
}

export class SimulatedWorld<M, D extends { losePower(): void }, N extends SimulatedNode<M>> implements World {
  readonly #options: WorldOptions<M, D, N>
  readonly #rng: Rng
  readonly #servers: ReadonlyMap<NodeId, Server<D, N>>
  /** Link -> the number of faults that cut it. */
  readonly #cuts = new Map<string, number>()
  readonly #links = new Map<string, Rng>()
  readonly #agenda = new Agenda()
  readonly #beginnings = new Agenda()
  readonly #ends = new Agenda()
  readonly ids: readonly NodeId[]
  /** The first property that was broken; null: none so far. */
  violation: string | null = null
  now = 0

  constructor(options: WorldOptions<M, D, N>) {
    this.#options = options
    this.#rng = options.rng.fork('world')
    this.ids = Array.from({ length: options.nodes }, (_, i) => `n${i + 1}`)
    this.#servers = new Map(
      this.ids.map((id) => {
        const disk = options.protocol.newDisk()
        return [id, { disk, node: this.#boot(id, disk), up: true, paused: false, inbox: [], isDue: false }]
      }),
    )
  }

  leader(): NodeId | null {
    const leaders = [...this.#servers.values()].filter(({ up, node }) => up && node.isLeader)
    return leaders.sort((a, b) => b.node.term - a.node.term)[0]?.node.id ?? null
  }

  termOf(id: NodeId): number {
    return this.#server(id).node.term
  }

  /** Runs `action` in `delay` ticks. */
  after(delay: number, action: () => void): void {
    this.#agenda.add(this.now + Math.max(1, delay), action)
  }

  /** One tick of every node, then the faults and the actions that are due, then the passes that they left for later. */
  step(): void {
    this.now++
    for (const server of this.#servers.values()) {
      if (!server.up || server.paused) continue
      server.node.tick()
      this.#drive(server)
    }
    this.#beginnings.run(this.now)
    this.#ends.run(this.now)
    this.#agenda.run(this.now)
    for (const server of this.#servers.values()) if (server.isDue) this.#drive(server)
  }

  // ---------------------------------------------------------------------------------------------- faults

  /** Those of one tick begin before others end, whenever they were planned: so recorded faults come about as drawn ones. */
  beginFault(tick: number, action: () => void): void {
    this.#beginnings.add(tick, action)
  }

  endFault(tick: number, action: () => void): void {
    this.#ends.add(tick, action)
  }

  crash(id: NodeId, losesPower: boolean): void {
    const server = this.#server(id)
    server.up = false
    server.paused = false
    server.inbox = []
    server.isDue = false
    if (losesPower) server.disk.losePower()
  }

  restart(id: NodeId): void {
    const server = this.#server(id)
    if (server.up) return
    server.node = this.#boot(id, server.disk)
    server.up = true
    // A pause that began while it was down has nothing to pause.
    server.paused = false
    this.#options.protocol.onRestart(id)
  }

  pause(id: NodeId): void {
    this.#server(id).paused = true
  }

  resume(id: NodeId): void {
    const server = this.#server(id)
    if (!server.paused) return
    server.paused = false
    const { inbox } = server
    server.inbox = []
    for (const deliver of inbox) deliver()
  }

  cut(links: readonly string[]): void {
    for (const link of links) this.#cuts.set(link, (this.#cuts.get(link) ?? 0) + 1)
  }

  heal(links: readonly string[]): void {
    for (const link of links) this.#cuts.set(link, (this.#cuts.get(link) ?? 0) - 1)
  }

  // --------------------------------------------------------------------------------------------- clients

  /** Sends a command to a node. The command and the answer are delayed or lost. */
  submit(to: NodeId, command: Command, reply: SimulatedReply): void {
    this.#request(to, reply, (node, answer) => node.submit(command, answer))
  }

  /** Reads a register. */
  read(to: NodeId, call: Call, reply: SimulatedReply): void {
    this.#request(to, reply, (node, answer) => node.read(call, answer))
  }

  #request(to: NodeId, reply: SimulatedReply, handle: (node: N, answer: SimulatedReply) => void): void {
    const link = this.#link('clients', to)
    const answer: SimulatedReply = (value) => {
      if (this.#isChance(link, 0.02)) return
      this.after(1 + link.int(3), () => reply(value))
    }
    this.after(1 + link.int(3), () =>
      this.#arrive(this.#server(to), (server) => {
        handle(server.node, answer)
        this.#arrived(server)
      }),
    )
  }

  // --------------------------------------------------------------------------------------------- private

  #server(id: NodeId): Server<D, N> {
    return this.#servers.get(id) as Server<D, N>
  }

  #boot(id: NodeId, disk: D): N {
    const random = this.#rng.fork('timeouts', id, this.now)
    return this.#options.protocol.boot({
      id,
      members: this.ids,
      disk,
      random: () => random.float(),
      now: () => this.now,
      send: (envelope) => this.#transmit(envelope),
    })
  }

  #arrive(server: Server<D, N>, deliver: (server: Server<D, N>) => void): void {
    if (!server.up) return
    if (server.paused) server.inbox.push(() => deliver(server))
    else deliver(server)
  }

  /** As in a server, one pass may handle several arrivals, so each is met by a core whose `ready` is not done yet. */
  #arrived(server: Server<D, N>): void {
    if (this.#link('passes', server.node.id).float() < 0.5) this.#drive(server)
    else server.isDue = true
  }

  #drive(server: Server<D, N>): void {
    server.isDue = false
    server.node.drive()
    this.#check()
  }

  #isCut(from: NodeId, to: NodeId): boolean {
    return (this.#cuts.get(`${from}>${to}`) ?? 0) > 0
  }

  /** Each link draws its own fates, so that a fault that is left out changes little elsewhere. */
  #link(from: string, to: NodeId): Rng {
    const name = `${from}>${to}`
    const link = this.#links.get(name) ?? this.#rng.fork(name)
    this.#links.set(name, link)
    return link
  }

  #isChance(link: Rng, share: number): boolean {
    return this.#options.isLossy && link.float() < share
  }

  #transmit({ from, to, message }: Envelope<M>): void {
    const link = this.#link(from, to)
    if (this.#isCut(from, to) || this.#isChance(link, 0.01)) return
    const copies = this.#isChance(link, 0.01) ? 2 : 1
    for (let copy = 0; copy < copies; copy++) {
      const late = this.#isChance(link, 0.03) ? link.int(40) : 0
      this.after(1 + link.int(3) + late, () => this.#deliver(from, to, message))
    }
  }

  #deliver(from: NodeId, to: NodeId, message: M): void {
    if (this.#isCut(from, to)) return
    this.#arrive(this.#server(to), (server) => {
      server.node.step(from, message)
      this.#arrived(server)
    })
  }

  #check(): void {
    if (this.violation !== null) return
    const up = [...this.#servers.values()].filter((server) => server.up)
    this.violation = this.#options.protocol.check(up.map(({ node }) => node))
  }
}
