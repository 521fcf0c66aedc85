/** A Paxos node in the simulator. */
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
import type { CoreDeviations } from '../core/deviations.ts'
import type { Message } from '../core/types.ts'
import { Replica } from '../replica.ts'
import { PaxosDisk } from './disk.ts'
import { Properties } from './properties.ts'

interface Options {
  readonly deviations: CoreDeviations
  readonly phase1: number
  readonly phase2: number
  readonly maxEntriesPerMessage: number
  /** Slots above the snapshot before what is below them is forgotten. */
  readonly compactEvery: number
}

const answering =
  (reply: SimulatedReply) =>
  (answer: Answer): void =>
    reply(answer.type === 'superseded' || answer.type === 'unknown' ? { type: 'lost' } : answer)

class SimulatedPaxosNode implements SimulatedNode<Message> {
  readonly id: NodeId
  readonly replica: Replica
  readonly #onSubmit: (command: Command) => void

  constructor(id: NodeId, replica: Replica, onSubmit: (command: Command) => void) {
    this.id = id
    this.replica = replica
    this.#onSubmit = onSubmit
  }

  get isLeader(): boolean {
    return this.replica.core.role === 'leader'
  }

  get term(): number {
    return this.replica.core.promised
  }

  tick(): void {
    this.replica.tick()
  }

  step(from: NodeId, message: Message): void {
    this.replica.receive(from, message)
  }

  submit(command: Command, reply: SimulatedReply): void {
    this.#onSubmit(command)
    this.replica.submit(command, answering(reply))
  }

  read(call: Call, reply: SimulatedReply): void {
    this.replica.read(REGISTER.name, call, answering(reply))
  }

  drive(): void {
    this.replica.drive()
  }
}

export class SimulatedPaxos implements SimulatedProtocol<Message, PaxosDisk, SimulatedPaxosNode> {
  readonly #options: Options
  readonly #properties: Properties
  #violation: string | null = null

  constructor(options: Options) {
    this.#options = options
    this.#properties = new Properties(options.phase2)
  }

  newDisk(): PaxosDisk {
    return new PaxosDisk()
  }

  boot({ id, members, disk, random, send }: Boot<Message, PaxosDisk>): SimulatedPaxosNode {
    const { phase1, phase2, maxEntriesPerMessage, compactEvery, deviations } = this.#options
    const times = { electionTicks: 20, heartbeatTicks: 4 }
    const properties = this.#properties
    const replica = new Replica({
      config: { id, members, phase1, phase2, ...times, maxEntriesPerMessage, random },
      disk,
      send,
      compactEvery,
      deviations,
      onPersisted: ({ accepted }) => {
        for (const each of accepted) this.#violation ??= properties.onAccepted(id, each)
      },
      onApplied: (entry) => {
        this.#violation ??= properties.onLearned(id, entry)
      },
    })
    return new SimulatedPaxosNode(id, replica, (command) => properties.onSubmit(command))
  }

  onRestart(): void {
    // What an acceptor has promised and accepted holds for all time.
  }

  check(up: readonly SimulatedPaxosNode[]): string | null {
    for (const { id, replica } of up)
      this.#violation ??= this.#properties.onPromised(id, replica.core.promised)
    return this.#violation
  }
}
