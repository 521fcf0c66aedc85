/** Runs one core: make durable, send, execute, answer, in that order. The server and the simulator give it a disk and peers. */
import type { AnswerProof, Entry } from '../../harness/api/proof.ts'
import type { Applied } from '../protocol/state-machine.ts'
import type { CoreDeviations } from './core/deviations.ts'
import { PbftCore } from './core/pbft.ts'
import type {
  Batch,
  ClientId,
  Durable,
  DurableRecord,
  Envelope,
  Keys,
  Message,
  PbftConfig,
  Ready,
  Request,
  Sequence,
} from './core/types.ts'
import { ProvedReads } from './proved-reads.ts'
import { Service, type ServiceDeviations } from './service.ts'

export interface Disk {
  readonly restored: Durable
  /** Adds records, on the disk when it returns. */
  persist(records: readonly DurableRecord[]): void
  /** Replaces everything. */
  replace(durable: Durable): void
}

export interface Deviations {
  readonly core: CoreDeviations
  readonly service: ServiceDeviations
}

export type Answer = (result: Applied) => void

export interface ReplicaOptions {
  readonly config: PbftConfig
  readonly keys: Keys
  readonly disk: Disk
  readonly send: (envelope: Envelope) => void
  readonly deviations: Deviations
  readonly onExecuted?: (seq: Sequence, batch: Batch, service: Service) => void
  readonly onState?: (did: 'took' | 'installed', seq: Sequence, service: Service) => void
}

interface Pending {
  readonly timestamp: number
  readonly answers: Answer[]
}

export class Replica {
  readonly #options: ReplicaOptions
  readonly core: PbftCore
  #service: Service
  #executed: Sequence
  readonly #proofs: ProvedReads
  /** The latest request of each client that waits for its answer here. */
  readonly #pending = new Map<ClientId, Pending>()

  constructor(options: ReplicaOptions) {
    const { config, disk, keys, deviations } = options
    this.#options = options
    this.core = new PbftCore(config, disk.restored, keys, deviations.core)
    this.#service = new Service(disk.restored.stable.data, deviations.service)
    this.#executed = disk.restored.stable.seq
    this.#proofs = new ProvedReads(deviations.service.provedEntry)
    this.#proofs.keep(this.#executed, this.#service.tree())
  }

  get service(): Service {
    return this.#service
  }

  /** The last sequence number whose requests are executed here. */
  get executed(): Sequence {
    return this.#executed
  }

  tick(): void {
    this.core.tick()
  }

  receive(message: Message): void {
    if (message.type === 'request' && this.#service.isOver(message.request)) return
    this.core.step(message)
  }

  /** From a client. It is answered once the request is executed, and never if a later one of the client was. */
  request(request: Request, answer: Answer): void {
    const { client, timestamp } = request
    const last = this.#service.lastReply(client, timestamp)
    if (last !== null) return answer(last)
    if (this.#service.isOver(request)) return
    const pending = this.#pending.get(client)
    if (pending?.timestamp === timestamp) pending.answers.push(answer)
    else if (pending === undefined || pending.timestamp < timestamp)
      this.#pending.set(client, { timestamp, answers: [answer] })
    this.core.request(request)
  }

  /** What a register held at the last stable checkpoint, and the proof; null: there is none yet. */
  prove(key: Entry[0]): AnswerProof | null {
    return this.#proofs.prove(key, this.core.stable)
  }

  /** Does what the core asks for, until it asks for nothing more. */
  drive(): void {
    const { disk, send } = this.#options
    for (let ready = this.core.ready(); ready !== null; ready = this.core.ready()) {
      if (ready.replaces) disk.replace(this.core.durable)
      else disk.persist(ready.records)
      for (const envelope of ready.messages) send(envelope)
      this.#apply(ready)
    }
  }

  #apply({ installed, executed }: Ready): void {
    if (installed !== null) this.#install(installed.seq, installed.data)
    for (const { seq, batch } of executed) this.#execute(seq, batch)
  }

  #install(seq: Sequence, data: string): void {
    this.#service = new Service(data, this.#options.deviations.service)
    this.#executed = seq
    this.#proofs.keep(seq, this.#service.tree())
    this.core.forgetRequests((request) => this.#service.isOver(request))
    for (const [client, { timestamp, answers }] of this.#pending) {
      const result = this.#service.lastReply(client, timestamp)
      if (result !== null) this.#answer(client, answers, result)
    }
    this.#options.onState?.('installed', seq, this.#service)
  }

  #execute(seq: Sequence, batch: Batch): void {
    const { config, onExecuted, onState } = this.#options
    const results = this.#service.execute(batch)
    this.#executed = seq
    onExecuted?.(seq, batch, this.#service)
    for (const { request, result } of results) {
      const pending = this.#pending.get(request.client)
      if (pending?.timestamp === request.timestamp) this.#answer(request.client, pending.answers, result)
    }
    if (seq % config.checkpointEvery !== 0) return
    const tree = this.#service.tree()
    this.#proofs.keep(seq, tree)
    this.core.checkpoint({ seq, data: this.#service.save(), root: tree.root })
    onState?.('took', seq, this.#service)
  }

  #answer(client: ClientId, answers: readonly Answer[], result: Applied): void {
    this.#pending.delete(client)
    for (const answer of answers) answer(result)
  }
}
