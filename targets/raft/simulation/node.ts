/** A Raft node in the simulator. */
import type { Call } from '../../../harness/api/history.ts'
import { REGISTER } from '../../../harness/vocabularies/register.ts'
import type { Command, NodeId } from '../../protocol/commands.ts'
import type {
  Boot,
  SimulatedNode,
  SimulatedProtocol,
  SimulatedReply,
} from '../../protocol/simulation/node.ts'
import { StateMachine } from '../../protocol/state-machine.ts'
import { RaftCore } from '../core/raft.ts'
import type { Entry, Message, Ready } from '../core/types.ts'
import type { Deviations } from '../deviations.ts'
import { RaftDisk } from './disk.ts'
import { Properties } from './properties.ts'

interface Options {
  readonly deviations: Deviations
  readonly maxEntriesPerAppend: number
  /** Entries above the snapshot before the log is compacted. */
  readonly compactEvery: number
}

type OnApply = (id: NodeId, entry: Entry, term: number) => void

class SimulatedRaftNode implements SimulatedNode<Message> {
  readonly #boot: Boot<Message, RaftDisk>
  readonly #options: Options
  readonly #onApply: OnApply
  readonly core: RaftCore
  #machine: StateMachine
  readonly #proposals = new Map<number, { term: number; reply: SimulatedReply }>()
  readonly #reads = new Map<number, { call: Call; reply: SimulatedReply }>()
  #ready: { id: number; index: number }[] = []
  #readId = 0

  constructor(boot: Boot<Message, RaftDisk>, options: Options, onApply: OnApply) {
    this.#boot = boot
    this.#options = options
    this.#onApply = onApply
    const { id, members, disk, random } = boot
    const { deviations, maxEntriesPerAppend } = options
    const restored = disk.read()
    const config = { id, members, electionTicks: 20, heartbeatTicks: 4, maxEntriesPerAppend, random }
    this.core = new RaftCore(config, restored, deviations.core)
    this.#machine = new StateMachine(restored.snapshot?.data ?? null, deviations.machine)
  }

  get id(): NodeId {
    return this.#boot.id
  }

  get isLeader(): boolean {
    return this.core.role === 'leader'
  }

  get term(): number {
    return this.core.term
  }

  tick(): void {
    this.core.tick()
  }

  step(from: NodeId, message: Message): void {
    this.core.step(from, message)
  }

  submit(command: Command, reply: SimulatedReply): void {
    const proposal = this.core.propose(command)
    if (proposal === null) return reply({ type: 'not-leader' })
    this.#proposals.set(proposal.index, { term: proposal.term, reply })
  }

  read(call: Call, reply: SimulatedReply): void {
    const id = this.#readId++
    this.#reads.set(id, { call, reply })
    if (this.core.read(id)) return
    this.#reads.delete(id)
    reply({ type: 'not-leader' })
  }

  drive(): void {
    const { core } = this
    for (let ready = core.ready(); ready !== null; ready = core.ready()) {
      this.#boot.disk.persist(ready)
      for (const envelope of ready.messages) this.#boot.send(envelope)
      this.#apply(ready)
      core.advance(ready)
    }
    if (core.applied - core.snapshotIndex >= this.#options.compactEvery) this.#compact()
  }

  #compact(): void {
    const snapshot = { ...this.core.compactionPoint(), data: this.#machine.save() }
    this.#boot.disk.compact(snapshot, !this.#options.deviations.core.skipsFsync)
    this.core.compact(snapshot)
  }

  #apply(ready: Ready): void {
    if (ready.snapshot !== null) {
      this.#machine = new StateMachine(ready.snapshot.data, this.#options.deviations.machine)
      for (const { reply } of this.#proposals.values()) reply({ type: 'lost' })
      this.#proposals.clear()
    }
    for (const entry of ready.committed) {
      this.#onApply(this.id, entry, this.term)
      const result = this.#machine.apply(entry)
      const proposal = this.#proposals.get(entry.index)
      this.#proposals.delete(entry.index)
      proposal?.reply(proposal.term === entry.term ? result : { type: 'lost' })
    }
    for (const id of ready.lostReads) this.#answer(id, (reply) => reply({ type: 'not-leader' }))
    this.#ready.push(...ready.reads)
    this.#ready = this.#ready.filter(({ id, index }) => {
      if (index > this.core.applied) return true
      this.#answer(id, (reply, call) =>
        reply({ type: 'value', value: this.#machine.read(REGISTER.name, call) }),
      )
      return false
    })
  }

  #answer(id: number, answer: (reply: SimulatedReply, call: Call) => void): void {
    const read = this.#reads.get(id)
    this.#reads.delete(id)
    if (read !== undefined) answer(read.reply, read.call)
  }
}

export class SimulatedRaft implements SimulatedProtocol<Message, RaftDisk, SimulatedRaftNode> {
  readonly #options: Options
  readonly #properties = new Properties()
  #violation: string | null = null

  constructor(options: Options) {
    this.#options = options
  }

  newDisk(): RaftDisk {
    return new RaftDisk()
  }

  boot(boot: Boot<Message, RaftDisk>): SimulatedRaftNode {
    return new SimulatedRaftNode(boot, this.#options, (id, entry, term) => {
      this.#violation ??= this.#properties.onApply(id, entry, term)
    })
  }

  onRestart(id: NodeId): void {
    this.#properties.onRestart(id)
  }

  check(up: readonly SimulatedRaftNode[]): string | null {
    this.#violation ??= this.#properties.check(up)
    return this.#violation
  }
}
