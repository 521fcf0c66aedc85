/** Runs one core: persist, send, apply, answer, in that order. The server and the simulator give it a disk and peers. */
import type { Call } from '../../harness/api/history.ts'
import type { Command, NodeId } from '../protocol/commands.ts'
import type { Answer, Reply } from '../protocol/server/client-api.ts'
import { StateMachine } from '../protocol/state-machine.ts'
import type { CoreDeviations } from './core/deviations.ts'
import { PaxosCore } from './core/paxos.ts'
import type { Ballot, Durable, Entry, Envelope, Message, PaxosConfig, Ready, Slot } from './core/types.ts'

export interface Disk {
  readonly restored: Durable
  /** Adds what the acceptor promised and accepted. */
  persist(ready: Ready): void
  /** Replaces everything. */
  replace(durable: Durable, isSynced: boolean): void
}

export interface ReplicaOptions {
  readonly config: PaxosConfig
  readonly disk: Disk
  readonly send: (envelope: Envelope) => void
  /** Slots above the snapshot before what is below them is forgotten. */
  readonly compactEvery: number
  readonly deviations: CoreDeviations
  /** After a write. */
  readonly onPersisted?: (ready: Ready) => void
  readonly onApplied?: (entry: Entry, machine: StateMachine) => void
  readonly onSnapshot?: (did: 'took' | 'installed', index: Slot) => void
}

export class Replica {
  readonly #options: ReplicaOptions
  readonly core: PaxosCore
  #machine: StateMachine
  /** The last slot that the machine applied. The core is ahead of it between receiving a snapshot and installing it. */
  #machineAt: Slot
  readonly #proposals = new Map<Slot, { proposed: Ballot; reply: Reply }>()
  readonly #reads = new Map<number, { vocabulary: string; call: Call; reply: Reply }>()
  #waiting: { id: number; index: Slot }[] = []
  #readId = 0

  constructor(options: ReplicaOptions) {
    this.#options = options
    const { restored } = options.disk
    this.core = new PaxosCore(options.config, restored, options.deviations)
    this.#machine = new StateMachine(restored.snapshot?.data ?? null)
    this.#machineAt = restored.snapshot?.index ?? 0
  }

  get machine(): StateMachine {
    return this.#machine
  }

  get machineAt(): Slot {
    return this.#machineAt
  }

  tick(): void {
    this.core.tick()
  }

  receive(from: NodeId, message: Message): void {
    this.core.step(from, message)
  }

  submit(command: Command, reply: Reply): void {
    const proposal = this.core.propose(command)
    if (proposal === null) return reply({ type: 'not-leader', leader: this.core.leader })
    this.#proposals.set(proposal.slot, { proposed: proposal.proposed, reply })
  }

  read(vocabulary: string, call: Call, reply: Reply): void {
    const id = this.#readId++
    this.#reads.set(id, { vocabulary, call, reply })
    if (this.core.read(id)) return
    this.#reads.delete(id)
    reply({ type: 'not-leader', leader: this.core.leader })
  }

  /** Does what the core asks for, until it asks for nothing more. */
  drive(): void {
    const { disk, send, compactEvery, deviations, onPersisted } = this.#options
    const { core } = this
    for (let ready = core.ready(); ready !== null; ready = core.ready()) {
      if (ready.snapshot !== null) disk.replace(core.durable, ready.sync)
      disk.persist(ready)
      onPersisted?.(ready)
      for (const envelope of ready.messages) send(envelope)
      this.#apply(ready)
      core.advance()
    }
    if (core.applied - core.snapshotIndex < compactEvery) return
    core.compact({ index: core.applied, data: this.#machine.save() })
    disk.replace(core.durable, !deviations.skipsFsync)
    this.#options.onSnapshot?.('took', core.snapshotIndex)
  }

  #apply(ready: Ready): void {
    if (ready.snapshot !== null) {
      this.#machine = new StateMachine(ready.snapshot.data)
      this.#machineAt = ready.snapshot.index
      // Those that the snapshot covers may have happened; the others can still be chosen.
      for (const [slot, { reply }] of this.#proposals) {
        if (slot > this.#machineAt) continue
        this.#proposals.delete(slot)
        reply({ type: 'unknown' })
      }
      this.#options.onSnapshot?.('installed', this.#machineAt)
    }
    for (const entry of ready.chosen) this.#applyEntry(entry)
    for (const id of ready.lostReads)
      this.#answerRead(id, () => ({ type: 'not-leader', leader: this.core.leader }))
    this.#waiting.push(...ready.reads)
    this.#waiting = this.#waiting.filter(({ id, index }) => {
      if (index > this.#machineAt) return true
      this.#answerRead(id, (vocabulary, call) => {
        const value = this.#machine.read(vocabulary, call)
        return { type: 'value', value, index, term: this.core.promised }
      })
      return false
    })
  }

  #applyEntry(entry: Entry): void {
    const { slot, proposed, command } = entry
    const result = this.#machine.apply({ index: slot, term: proposed, command })
    this.#machineAt = slot
    this.#options.onApplied?.(entry, this.#machine)
    const proposal = this.#proposals.get(slot)
    if (proposal === undefined) return
    this.#proposals.delete(slot)
    // Slot and ballot name a value, and a value is proposed again for its own slot only.
    const isMine = proposal.proposed === proposed
    const acceptedBy = this.core.decisions.find((decision) => decision.slot === slot)?.acceptedBy
    proposal.reply(
      isMine
        ? { ...result, index: slot, term: proposed, ...(acceptedBy === undefined ? {} : { acceptedBy }) }
        : { type: 'superseded' },
    )
  }

  #answerRead(id: number, answer: (vocabulary: string, call: Call) => Answer): void {
    const read = this.#reads.get(id)
    this.#reads.delete(id)
    read?.reply(answer(read.vocabulary, read.call))
  }
}
