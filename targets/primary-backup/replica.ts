/** Runs one core: write, send, apply, answer, in that order. The server and the simulator give it a disk and peers. */
import type { Call } from '../../harness/api/history.ts'
import type { Command, NodeId } from '../protocol/commands.ts'
import type { Answer, Reply } from '../protocol/server/client-api.ts'
import { StateMachine } from '../protocol/state-machine.ts'
import { isAgreed } from './choices.ts'
import { PrimaryBackupCore } from './core/core.ts'
import type { CoreConfig, Durable, Entry, Envelope, Message, Ready, ViewNumber } from './core/types.ts'

export interface Disk {
  readonly restored: Durable
  /** Adds what is new. */
  persist(ready: Ready): void
  /** Replaces everything. */
  replace(durable: Durable, isSynced: boolean): void
}

export interface ReplicaOptions {
  readonly config: CoreConfig
  readonly disk: Disk
  readonly send: (envelope: Envelope) => void
  /** Entries above the snapshot before what is below them is forgotten. */
  readonly compactEvery: number
  readonly onApplied?: (entry: Entry, machine: StateMachine) => void
  readonly onSnapshot?: (did: 'took' | 'took over', index: number) => void
  /** What it had applied was taken back. */
  readonly onRebuilt?: () => void
}

export class Replica {
  readonly #options: ReplicaOptions
  readonly core: PrimaryBackupCore
  #machine: StateMachine
  #machineAt: number
  readonly #proposals = new Map<number, { view: ViewNumber; reply: Reply }>()

  constructor(options: ReplicaOptions) {
    this.#options = options
    const { restored } = options.disk
    this.core = new PrimaryBackupCore(options.config, restored)
    this.#machine = new StateMachine(restored.snapshot.data)
    this.#machineAt = restored.snapshot.index
  }

  get machine(): StateMachine {
    return this.#machine
  }

  get machineAt(): number {
    return this.#machineAt
  }

  tick(): void {
    this.core.tick()
  }

  receive(from: NodeId, message: Message): void {
    this.core.step(from, message)
  }

  submit(command: Command, reply: Reply): void {
    const entry = this.core.propose(command)
    if (entry === null) return reply(this.#redirect())
    this.#proposals.set(entry.index, { view: entry.view, reply })
  }

  /** The primary's state is the present one while it may serve, so no backup has to be asked. */
  read(vocabulary: string, call: Call, reply: Reply): void {
    const may = this.core.mayRead()
    if (may === 'no') return reply(this.#redirect())
    const value = this.#machine.read(vocabulary, call)
    const at = { index: this.#machineAt, term: this.core.view }
    reply({ type: 'value', value, ...at, ...(may === 'stale' ? { stale: true } : {}) })
  }

  /** Does what the core asks for, until it asks for nothing more. */
  drive(): void {
    const { disk, send, compactEvery, config } = this.#options
    const { core } = this
    for (let ready = core.ready(); ready !== null; ready = core.ready()) {
      if (ready.isReplaced) disk.replace(core.durable, ready.sync)
      else disk.persist(ready)
      for (const envelope of ready.messages) send(envelope)
      this.#apply(ready)
      core.advance(ready)
    }
    if (core.applied - core.snapshot.index < compactEvery) return
    core.compact(this.#machine.save())
    disk.replace(core.durable, !config.deviations.skipsFsync)
    this.#options.onSnapshot?.('took', core.snapshot.index)
  }

  #redirect(): Answer {
    const { primary } = this.core
    return { type: 'not-leader', leader: primary === this.#options.config.id ? null : primary }
  }

  #apply(ready: Ready): void {
    if (ready.isRebuilt) this.#rebuild(ready.isReplaced)
    for (const entry of ready.committed) this.#applyEntry(entry)
  }

  #rebuild(isReplaced: boolean): void {
    const { snapshot } = this.core
    this.#machine = new StateMachine(snapshot.data)
    this.#machineAt = snapshot.index
    // Those that the snapshot covers may have happened; those of this node's own log can still be committed.
    for (const [index, { reply }] of this.#proposals) {
      if (index > snapshot.index) continue
      this.#proposals.delete(index)
      reply({ type: 'unknown' })
    }
    if (isReplaced) this.#options.onSnapshot?.('took over', snapshot.index)
    this.#options.onRebuilt?.()
  }

  #applyEntry(entry: Entry): void {
    const { index, view, command } = entry
    const result = this.#machine.apply({ index, term: view, command })
    this.#machineAt = index
    this.#options.onApplied?.(entry, this.#machine)
    const proposal = this.#proposals.get(index)
    if (proposal === undefined) return
    this.#proposals.delete(index)
    if (proposal.view === view) return proposal.reply({ ...result, index, term: view })
    // Where views are not agreed on, a backup that has it can still bring it back.
    proposal.reply({ type: isAgreed(this.#options.config) ? 'superseded' : 'unknown' })
  }
}
