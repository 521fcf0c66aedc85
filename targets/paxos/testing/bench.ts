/** A few cores without I/O, and a transcript of what they say. */
import type { Command, NodeId } from '../../protocol/commands.ts'
import { type Bug, deviationsOf } from '../bugs/bugs.ts'
import { emptyDisk, PaxosCore } from '../core/paxos.ts'
import type { Accepted, Durable, Entry, Envelope, Message, Ready } from '../core/types.ts'

export const ELECTION_TICKS = 10
export const HEARTBEAT_TICKS = 2

const named = ({ slot, proposed, command }: Entry): string =>
  command.kind === 'op' ? `${slot}=${command.seq}@${proposed}` : `${slot}=${command.kind}@${proposed}`

const describeMessage = (message: Message): string => {
  switch (message.type) {
    case 'prepare':
      return `prepare ${message.ballot}`
    case 'promise':
      return `promise ${message.ballot} chosen to ${message.chosenTo} [${message.accepted.map(({ ballot, entry }) => `${named(entry)} in ${ballot}`)}]`
    case 'accept':
      return `accept ${message.ballot} [${message.entries.map(named)}] chosen to ${message.chosenTo}`
    case 'accepted':
      return `accepted ${message.ballot} [${message.slots}]`
    case 'refuse':
      return `refuse ${message.ballot}, promised ${message.promised}`
    case 'ask':
      return `ask from ${message.from}`
    case 'learn':
      return `learn [${message.entries.map(named)}] chosen to ${message.chosenTo}`
    case 'snapshot':
      return `snapshot to ${message.snapshot.index}`
  }
}

export const op = (value: number): Command => ({
  kind: 'op',
  session: 1,
  seq: value,
  vocabulary: 'register',
  call: { f: 'write', value: { key: 1, value } },
})

export const accepted = (ballot: number, slot: number, value: number, proposed = ballot): Accepted => ({
  ballot,
  entry: { slot, proposed, command: op(value) },
})

export const disk = (promised: number, ...entries: readonly Accepted[]): Durable => ({
  promised,
  accepted: entries,
  snapshot: null,
})

export interface Quorums {
  readonly phase1?: number
  readonly phase2?: number
  readonly bug?: Bug
}

/** A few cores, and nodes that a test can cut off; the transcript lists what was sent, in order. */
export class Bench {
  readonly cores = new Map<NodeId, PaxosCore>()
  readonly transcript: string[] = []
  readonly cut = new Set<NodeId>()
  readonly learned = new Map<NodeId, string[]>()
  readonly reads = new Map<NodeId, number[]>()
  readonly lostReads = new Map<NodeId, number>()
  readonly persisted: string[] = []
  #queue: Envelope[] = []

  constructor(disks: Readonly<Record<NodeId, Durable>>, { phase1, phase2, bug }: Quorums = {}) {
    const members = Object.keys(disks)
    const majority = Math.floor(members.length / 2) + 1
    for (const [id, durable] of Object.entries(disks)) {
      const config = {
        id,
        members,
        phase1: phase1 ?? majority,
        phase2: phase2 ?? majority,
        electionTicks: ELECTION_TICKS,
        heartbeatTicks: HEARTBEAT_TICKS,
        maxEntriesPerMessage: 8,
        random: () => 0,
      }
      this.cores.set(id, new PaxosCore(config, durable, deviationsOf(bug ?? null)))
    }
  }

  core(id: NodeId): PaxosCore {
    return this.cores.get(id) as PaxosCore
  }

  tick(id: NodeId, count: number): void {
    for (let i = 0; i < count; i++) {
      this.core(id).tick()
      this.drain(id)
    }
  }

  drain(id: NodeId): void {
    const core = this.core(id)
    for (let ready = core.ready(); ready !== null; ready = core.ready()) {
      this.#record(id, ready)
      this.#queue.push(...ready.messages)
      core.advance()
    }
  }

  #record(id: NodeId, ready: Ready): void {
    if (ready.promised !== null) this.persisted.push(`${id} promised ${ready.promised}`)
    for (const { ballot, entry } of ready.accepted)
      this.persisted.push(`${id} accepted ${named(entry)} in ${ballot}`)
    this.learned.set(id, [...(this.learned.get(id) ?? []), ...ready.chosen.map(named)])
    this.reads.set(id, [...(this.reads.get(id) ?? []), ...ready.reads.map(({ index }) => index)])
    this.lostReads.set(id, (this.lostReads.get(id) ?? 0) + ready.lostReads.length)
  }

  /** Delivers messages until none is left. */
  deliver(): readonly string[] {
    const from = this.transcript.length
    for (let envelope = this.#queue.shift(); envelope !== undefined; envelope = this.#queue.shift()) {
      const { from: sender, to, message } = envelope
      const isLost = this.cut.has(sender) || this.cut.has(to)
      this.transcript.push(`${sender}>${to} ${describeMessage(message)}${isLost ? ' LOST' : ''}`)
      if (isLost) continue
      this.core(to).step(sender, message)
      this.drain(to)
    }
    return this.transcript.slice(from)
  }

  send(from: NodeId, to: NodeId, message: Message): readonly string[] {
    this.#queue.push({ from, to, message })
    return this.deliver()
  }

  /** Its wait for a leader ends, and the others no longer hear one either. */
  elect(id: NodeId): readonly string[] {
    for (const other of this.cores.keys())
      if (other !== id && !this.cut.has(other)) this.tick(other, ELECTION_TICKS - 1)
    for (let i = 0; i < ELECTION_TICKS && this.core(id).role === 'follower'; i++) this.tick(id, 1)
    return this.deliver()
  }

  propose(id: NodeId, value: number): void {
    this.core(id).propose(op(value))
    this.drain(id)
  }

  read(id: NodeId): boolean {
    const isTaken = this.core(id).read(1)
    this.drain(id)
    return isTaken
  }
}

export const three = (disks: Partial<Record<NodeId, Durable>> = {}, quorums: Quorums = {}): Bench =>
  new Bench({ n1: emptyDisk, n2: emptyDisk, n3: emptyDisk, ...(disks as Record<NodeId, Durable>) }, quorums)
