/** A node of a sharded store in the simulator. */
import type { Call } from '../../../harness/api/history.ts'
import { BANK } from '../../../harness/vocabularies/bank.ts'
import type { Command, NodeId } from '../../protocol/commands.ts'
import type { Answer } from '../../protocol/server/client-api.ts'
import type {
  Boot,
  SimulatedNode,
  SimulatedProtocol,
  SimulatedReply,
} from '../../protocol/simulation/node.ts'
import type { CoreDeviations } from '../core/deviations.ts'
import type { CommitConfig, Message } from '../core/types.ts'
import { Runner } from '../runner.ts'
import { CommitDisk } from './disk.ts'
import { Properties } from './properties.ts'

interface Options {
  readonly deviations: CoreDeviations
  readonly compactEvery: number
  readonly coordinator: CommitConfig['coordinator']
  readonly keptSlots: number
}

const answering =
  (reply: SimulatedReply) =>
  (answer: Answer): void =>
    reply(answer.type === 'superseded' || answer.type === 'unknown' ? { type: 'lost' } : answer)

class SimulatedCommitNode implements SimulatedNode<Message> {
  readonly id: NodeId
  readonly runner: Runner

  constructor(id: NodeId, runner: Runner) {
    this.id = id
    this.runner = runner
  }

  /** For faults: there is no leader, but a coordinator at work is where they hurt. */
  get isLeader(): boolean {
    return this.term > 0
  }

  get term(): number {
    return this.runner.core.coordinator.unfinished
  }

  tick(): void {
    this.runner.tick()
  }

  step(from: NodeId, message: Message): void {
    this.runner.receive(from, message)
  }

  submit(command: Command, reply: SimulatedReply): void {
    this.runner.submit(command, answering(reply))
  }

  read(call: Call, reply: SimulatedReply): void {
    this.runner.read(BANK.name, call, answering(reply))
  }

  drive(): void {
    this.runner.drive()
  }
}

export class SimulatedCommit implements SimulatedProtocol<Message, CommitDisk, SimulatedCommitNode> {
  readonly #options: Options
  readonly #properties = new Properties()
  #violation: string | null = null

  constructor(options: Options) {
    this.#options = options
  }

  newDisk(): CommitDisk {
    return new CommitDisk()
  }

  boot({ id, members, disk, random, send }: Boot<Message, CommitDisk>): SimulatedCommitNode {
    const times = { voteTicks: 30, askTicks: 15, patienceTicks: 35, electionTicks: 20 }
    const { coordinator, keptSlots, deviations, compactEvery } = this.#options
    const runner = new Runner({
      config: { id, members, coordinator, keptSlots, ...times, random },
      ...{ disk, send, deviations, compactEvery },
      watch: (event) => {
        this.#violation ??= this.#properties.on(id, event)
      },
    })
    return new SimulatedCommitNode(id, runner)
  }

  onRestart(): void {
    // Votes and decisions hold for all time.
  }

  check(up: readonly SimulatedCommitNode[]): string | null {
    for (const { id, runner } of up) {
      const held = runner.core.participant.doubts.map(({ prepared }) => prepared)
      this.#violation ??= this.#properties.locks(id, held)
    }
    return this.#violation
  }
}
