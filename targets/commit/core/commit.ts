/** The core of a node, coordinator and participant in one: ticks, messages and requests in; `Ready` out. It does no I/O. */
import type { NodeId } from '../../protocol/commands.ts'
import { Coordinator } from './coordinator.ts'
import { DecisionLog } from './decision-log.ts'
import type { Decided } from './decision-table.ts'
import type { CoreDeviations } from './deviations.ts'
import { Out } from './out.ts'
import { Participant } from './participant.ts'
import {
  type CommitConfig,
  coordinatorOf,
  type Durable,
  type Event,
  emptyDisk,
  type Message,
  type Ready,
  type Request,
  type TransactionId,
} from './types.ts'

export class CommitCore {
  readonly #id: NodeId
  readonly #out: Out
  readonly #start: number
  /** Null: each coordinator decides alone. */
  readonly log: DecisionLog | null
  readonly participant: Participant
  readonly coordinator: Coordinator

  /** @param watch is told of every vote and decision when it is made, before it is on the disk */
  constructor(
    config: CommitConfig,
    durable: Durable,
    deviations: CoreDeviations,
    watch: (event: Event) => void,
  ) {
    this.#id = config.id
    this.#start = durable.start + 1
    this.#out = new Out(config.id, watch)
    this.log =
      config.coordinator === 'single'
        ? null
        : new DecisionLog(config, durable.log, deviations, this.#out, (...told) => this.#decided(...told))
    this.participant = new Participant(config, durable, deviations, this.#out, this.log)
    this.coordinator = new Coordinator(config, durable, this.#start, deviations, this.#out, this.log)
    this.log?.tellAll()
    // No number may be used twice.
    this.#out.write({ type: 'start', start: this.#start }, true)
  }

  /** Everything that must be found again. */
  get durable(): Durable {
    const log = this.log?.paxos.durable ?? emptyDisk.log
    return { start: this.#start, log, ...this.participant.durable, ...this.coordinator.durable }
  }

  tick(): void {
    this.log?.tick()
    this.participant.tick()
    this.coordinator.tick()
  }

  begin(request: Request): void {
    this.coordinator.begin(request)
  }

  step(from: NodeId, message: Message): void {
    switch (message.type) {
      case 'propose':
        return this.log?.onProposal(message.proposal)
      case 'paxos':
        return this.log?.step(from, message.message)
      case 'prepare':
        return this.participant.onPrepare(message)
      case 'vote':
        return this.coordinator.onVote(from, message)
      case 'decision':
        return this.participant.onDecision(message)
      case 'ack':
        return this.coordinator.onAck(from, message.tx)
      case 'ask':
        // Who has decided says so; only others have to think of terminating without the coordinator.
        return coordinatorOf(message.tx) === this.#id
          ? this.coordinator.onAsk(from, message.tx)
          : this.participant.onAsk(from, message)
    }
  }

  /** What is to be done now; null: nothing. */
  ready(): Ready | null {
    this.log?.collect()
    const { entries, sync, messages, answers, toSelf } = this.#out
    const isIdle = this.log?.isIdle ?? true
    if (isIdle && entries.length + messages.length + answers.length + toSelf.length === 0) return null
    return { entries, sync, messages, answers }
  }

  /** It was done: the entries are on the disk, and what this node has said to itself arrives. */
  advance(): void {
    const out = this.#out
    const { toSelf } = out
    out.entries = []
    out.sync = false
    out.messages = []
    out.answers = []
    out.toSelf = []
    for (const message of toSelf) this.step(this.#id, message)
    this.log?.advance()
  }

  /** Before all that is on disk is replaced by what it amounts to. */
  compact(): void {
    this.log?.compact()
  }

  #decided(tx: TransactionId, decided: Decided): void {
    this.participant.onDecided(tx, decided)
    this.coordinator.onDecided(tx, decided)
  }
}
