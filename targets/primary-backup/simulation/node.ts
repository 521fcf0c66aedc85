/** A node in the simulator; with a view service, the last one is the service. */
import type { Call } from '../../../harness/api/history.ts'
import { REGISTER } from '../../../harness/vocabularies/register.ts'
import type { Command, NodeId } from '../../protocol/commands.ts'
import type { Answer } from '../../protocol/server/client-api.ts'
import type {
  Boot,
  SimulatedNode,
  SimulatedProtocol,
  SimulatedReply,
} from '../../protocol/simulation/node.ts'
import { type Choices, type CoreConfig, type Envelope, type Message, VIEW_SERVICE } from '../core/types.ts'
import type { Deviations } from '../deviations.ts'
import { Replica } from '../replica.ts'
import { ViewServiceCore } from '../view-service/core.ts'
import { PrimaryBackupDisk } from './disk.ts'
import { Properties } from './properties.ts'

interface Options {
  readonly choices: Choices
  readonly deviations: Deviations
  readonly maxEntriesPerMessage: number
  readonly compactEvery: number
}

const FAILOVER_TICKS = 24
const HEARTBEAT_TICKS = 3

const answering =
  (reply: SimulatedReply) =>
  (answer: Answer): void =>
    reply(answer.type === 'superseded' || answer.type === 'unknown' ? { type: 'lost' } : answer)

/** Of the data, or of the views. */
export interface ClusterNode extends SimulatedNode<Message> {
  readonly replica: Replica | null
}

class DataNode implements ClusterNode {
  readonly id: NodeId
  readonly replica: Replica

  constructor(id: NodeId, replica: Replica) {
    this.id = id
    this.replica = replica
  }

  get isLeader(): boolean {
    return this.replica.core.role === 'primary'
  }

  get term(): number {
    return this.replica.core.view
  }

  tick(): void {
    this.replica.tick()
  }

  step(from: NodeId, message: Message): void {
    this.replica.receive(from, message)
  }

  submit(command: Command, reply: SimulatedReply): void {
    this.replica.submit(command, answering(reply))
  }

  read(call: Call, reply: SimulatedReply): void {
    this.replica.read(REGISTER.name, call, answering(reply))
  }

  drive(): void {
    this.replica.drive()
  }
}

class ServiceNode implements ClusterNode {
  readonly id: NodeId
  readonly replica = null
  readonly isLeader = false
  readonly term = 0
  readonly #core: ViewServiceCore
  readonly #disk: PrimaryBackupDisk
  readonly #send: (envelope: Envelope) => void

  constructor({ id, disk, now, send }: Boot<Message, PrimaryBackupDisk>, { deviations }: Options) {
    this.id = id
    this.#disk = disk
    this.#send = send
    const config = { failoverTicks: FAILOVER_TICKS, now, deviations: deviations.service }
    this.#core = new ViewServiceCore(config, disk.read().service)
  }

  step(from: NodeId, message: Message): void {
    if (message.type !== 'ping') return
    const view = this.#core.onPing(from, message)
    this.#disk.saveService(this.#core.state)
    this.#send({ from: this.id, to: from, message: { type: 'view', view, sentAt: message.sentAt } })
  }

  tick(): void {
    // It acts when it is called.
  }

  submit(_command: Command, reply: SimulatedReply): void {
    reply({ type: 'not-leader' })
  }

  read(_call: Call, reply: SimulatedReply): void {
    reply({ type: 'not-leader' })
  }

  drive(): void {
    // It has answered at once.
  }
}

export class SimulatedPrimaryBackup implements SimulatedProtocol<Message, PrimaryBackupDisk, ClusterNode> {
  readonly #options: Options
  readonly #properties: Properties
  #violation: string | null = null

  constructor(options: Options) {
    this.#options = options
    this.#properties = new Properties(options.choices)
  }

  newDisk(): PrimaryBackupDisk {
    return new PrimaryBackupDisk()
  }

  boot(boot: Boot<Message, PrimaryBackupDisk>): ClusterNode {
    const { choices, deviations, maxEntriesPerMessage, compactEvery } = this.#options
    const { id, members, disk, random, now, send } = boot
    const service = choices.failover === 'view-service' ? members.at(-1) : undefined
    if (id === service) return new ServiceNode(boot, this.#options)
    const config: CoreConfig = {
      ...choices,
      id,
      nodes: members.filter((member) => member !== service),
      failoverTicks: FAILOVER_TICKS,
      heartbeatTicks: HEARTBEAT_TICKS,
      maxEntriesPerMessage,
      random,
      now,
      deviations: deviations.core,
    }
    const properties = this.#properties
    const replica = new Replica({
      config,
      disk,
      compactEvery,
      send: (envelope) =>
        send(envelope.to === VIEW_SERVICE ? { ...envelope, to: service as NodeId } : envelope),
      onApplied: (entry) => {
        this.#violation ??= properties.onApplied(id, entry, replica.core.view)
      },
    })
    return new DataNode(id, replica)
  }

  onRestart(): void {
    // What a node has acknowledged holds for all time.
  }

  check(up: readonly ClusterNode[]): string | null {
    this.#violation ??= this.#properties.check(up)
    return this.#violation
  }
}
