/**
 * A cluster of Raft cores under a deterministic simulator: one seed decides message delays, losses, duplicates and
 * reorderings, partitions, crashes, power losses and pauses, and what the clients ask. Virtual time is in ticks.
 */
import type { Call } from '../../../harness/api/history.ts'
import type { Rng } from '../../../harness/api/random.ts'
import { REGISTER } from '../../../harness/vocabularies/register.ts'
import { RaftCore } from '../core/raft.ts'
import type { Command, Envelope, Message, NodeId, Ready } from '../core/types.ts'
import type { Deviations } from '../deviations.ts'
import { type Applied, StateMachine } from '../state-machine.ts'
import { Disk } from './disk.ts'
import { Properties } from './properties.ts'

export interface WorldOptions {
  readonly rng: Rng
  readonly deviations: Deviations
  readonly nodes: number
  readonly maxEntriesPerAppend: number
  /** Entries above the snapshot before the log is compacted. */
  readonly compactEvery: number
  /** Whether messages are lost, repeated and late besides the faults. */
  readonly isLossy: boolean
}

/** Answers one request of a client, at most once. */
export type SimulatedReply = (answer: Applied | { readonly type: 'not-leader' | 'lost' }) => void

interface Server {
  readonly id: NodeId
  readonly disk: Disk
  core: RaftCore
  machine: StateMachine
  up: boolean
  paused: boolean
  /** What arrived while it was paused. It is processed on resume, as with real sockets. */
  inbox: (() => void)[]
  proposals: Map<number, { term: number; reply: SimulatedReply }>
  reads: Map<number, { call: Call; reply: SimulatedReply }>
  ready: { id: number; index: number }[]
}

/** Tick -> actions due then, in the order in which they were scheduled. */
class Agenda {
  readonly #actions = new Map<number, (() => void)[]>()

  add(tick: number, action: () => void): void {
    const due = this.#actions.get(tick)
    if (due === undefined) this.#actions.set(tick, [action])
    else due.push(action)
  }

  run(tick: number): void {
    const due = this.#actions.get(tick) ?? []
    this.#actions.delete(tick)
    for (const action of due) action()
  }
}

export class World {
  readonly #options: WorldOptions
  readonly #rng: Rng
  readonly #servers: ReadonlyMap<NodeId, Server>
  readonly #properties = new Properties()
  /** Link -> the number of faults that cut it. */
  readonly #cuts = new Map<string, number>()
  readonly #links = new Map<string, Rng>()
  readonly #agenda = new Agenda()
  readonly #beginnings = new Agenda()
  readonly #ends = new Agenda()
  #readId = 0
  /** The first property that was broken; null: none so far. */
  violation: string | null = null
  now = 0

  constructor(options: WorldOptions) {
    this.#options = options
    this.#rng = options.rng.fork('world')
    const ids = Array.from({ length: options.nodes }, (_, i) => `n${i + 1}`)
    this.#servers = new Map(ids.map((id) => [id, this.#boot(id, new Disk())]))
  }

  get ids(): readonly NodeId[] {
    return [...this.#servers.keys()]
  }

  leader(): NodeId | null {
    const leaders = [...this.#servers.values()].filter((server) => server.up && server.core.role === 'leader')
    return leaders.sort((a, b) => b.core.term - a.core.term)[0]?.id ?? null
  }

  termOf(id: NodeId): number {
    return this.#server(id).core.term
  }

  /** Runs `action` in `delay` ticks. */
  after(delay: number, action: () => void): void {
    this.#agenda.add(this.now + Math.max(1, delay), action)
  }

  /** One tick of every node, then the faults and the actions that are due. */
  step(): void {
    this.now++
    for (const server of this.#servers.values()) {
      if (!server.up || server.paused) continue
      server.core.tick()
      this.#drive(server)
    }
    this.#beginnings.run(this.now)
    this.#ends.run(this.now)
    this.#agenda.run(this.now)
  }

  // ---------------------------------------------------------------------------------------------- faults

  /** Those of one tick begin before others end, whenever they were planned: so recorded faults come about as drawn ones. */
  beginFault(tick: number, action: () => void): void {
    this.#beginnings.add(tick, action)
  }

  endFault(tick: number, action: () => void): void {
    this.#ends.add(tick, action)
  }

  crash(id: NodeId, powerLoss: boolean): void {
    const server = this.#server(id)
    server.up = false
    server.paused = false
    server.inbox = []
    if (powerLoss) server.disk.losePower()
  }

  restart(id: NodeId): void {
    const server = this.#server(id)
    if (server.up) return
    Object.assign(server, this.#boot(id, server.disk))
    this.#properties.onRestart(id)
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
    this.#request(to, reply, (server, answer) => {
      const proposal = server.core.propose(command)
      if (proposal === null) return answer({ type: 'not-leader' })
      server.proposals.set(proposal.index, { term: proposal.term, reply: answer })
    })
  }

  /** Reads a register. */
  read(to: NodeId, call: Call, reply: SimulatedReply): void {
    this.#request(to, reply, (server, answer) => {
      const id = this.#readId++
      server.reads.set(id, { call, reply: answer })
      if (!server.core.read(id)) {
        server.reads.delete(id)
        answer({ type: 'not-leader' })
      }
    })
  }

  #request(
    to: NodeId,
    reply: SimulatedReply,
    handle: (server: Server, answer: SimulatedReply) => void,
  ): void {
    const link = this.#link('clients', to)
    const answer: SimulatedReply = (value) => {
      if (this.#isChance(link, 0.02)) return
      this.after(1 + link.int(3), () => reply(value))
    }
    this.after(1 + link.int(3), () =>
      this.#arrive(this.#server(to), (server) => {
        handle(server, answer)
        this.#drive(server)
      }),
    )
  }

  // --------------------------------------------------------------------------------------------- private

  #server(id: NodeId): Server {
    return this.#servers.get(id) as Server
  }

  #boot(id: NodeId, disk: Disk): Server {
    const restored = disk.read()
    const random = this.#rng.fork('timeouts', id, this.now)
    const core = new RaftCore(
      {
        id,
        members: Array.from({ length: this.#options.nodes }, (_, i) => `n${i + 1}`),
        electionTicks: 20,
        heartbeatTicks: 4,
        maxEntriesPerAppend: this.#options.maxEntriesPerAppend,
        random: () => random.float(),
      },
      restored,
      this.#options.deviations.core,
    )
    const machine = new StateMachine(restored.snapshot?.data ?? null, this.#options.deviations.machine)
    return {
      id,
      disk,
      core,
      machine,
      up: true,
      paused: false,
      inbox: [],
      proposals: new Map(),
      reads: new Map(),
      ready: [],
    }
  }

  #arrive(server: Server, deliver: (server: Server) => void): void {
    if (!server.up) return
    if (server.paused) server.inbox.push(() => deliver(server))
    else deliver(server)
  }

  #drive(server: Server): void {
    for (let ready = server.core.ready(); ready !== null; ready = server.core.ready()) {
      server.disk.persist(ready)
      for (const envelope of ready.messages) this.#transmit(envelope)
      this.#apply(server, ready)
      server.core.advance(ready)
    }
    if (server.core.applied - server.core.snapshotIndex >= this.#options.compactEvery) this.#compact(server)
    this.#check()
  }

  #compact(server: Server): void {
    const snapshot = { ...server.core.compactionPoint(), data: server.machine.save() }
    server.disk.compact(snapshot, !this.#options.deviations.core.skipsFsync)
    server.core.compact(snapshot)
  }

  #apply(server: Server, ready: Ready): void {
    if (ready.snapshot !== null) {
      server.machine = new StateMachine(ready.snapshot.data, this.#options.deviations.machine)
      for (const { reply } of server.proposals.values()) reply({ type: 'lost' })
      server.proposals.clear()
    }
    for (const entry of ready.committed) {
      this.violation ??= this.#properties.onApply(server.id, entry, server.core.term)
      const result = server.machine.apply(entry)
      const proposal = server.proposals.get(entry.index)
      server.proposals.delete(entry.index)
      proposal?.reply(proposal.term === entry.term ? result : { type: 'lost' })
    }
    for (const id of ready.lostReads) {
      server.reads.get(id)?.reply({ type: 'not-leader' })
      server.reads.delete(id)
    }
    server.ready.push(...ready.reads)
    server.ready = server.ready.filter(({ id, index }) => {
      if (index > server.core.applied) return true
      const read = server.reads.get(id)
      server.reads.delete(id)
      read?.reply({ type: 'value', value: server.machine.read(REGISTER.name, read.call) })
      return false
    })
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

  #transmit({ from, to, message }: Envelope): void {
    const link = this.#link(from, to)
    if (this.#isCut(from, to) || this.#isChance(link, 0.01)) return
    const copies = this.#isChance(link, 0.01) ? 2 : 1
    for (let copy = 0; copy < copies; copy++) {
      const late = this.#isChance(link, 0.03) ? link.int(40) : 0
      this.after(1 + link.int(3) + late, () => this.#deliver(from, to, message))
    }
  }

  #deliver(from: NodeId, to: NodeId, message: Message): void {
    if (this.#isCut(from, to)) return
    this.#arrive(this.#server(to), (server) => {
      server.core.step(from, message)
      this.#drive(server)
    })
  }

  #check(): void {
    if (this.violation !== null) return
    const up = [...this.#servers.values()].filter((server) => server.up)
    this.violation = this.#properties.check(up)
  }
}
