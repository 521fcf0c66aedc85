/** A replica between its clients and its peers: passes over what has arrived, the leader's duties, and its status. */
import type { Call } from '../../../harness/api/history.ts'
import type { NodeStatus } from '../../../harness/api/target.ts'
import type { Command, NodeId } from '../commands.ts'
import type { StateMachine } from '../state-machine.ts'
import type { ReplicatedApi, Reply } from './client-api.ts'
import { healthyDuties } from './duties/deviations.ts'
import { dutiesOf } from './duties/duties.ts'
import type { Duty } from './duties/duty.ts'
import type { RecentDigests } from './recent-digests.ts'

/** Runs a core. @template M a message of its protocol */
export interface DrivenReplica<M> {
  readonly machine: StateMachine
  /** The last index that the machine applied. */
  readonly machineAt: number
  tick(): void
  receive(from: NodeId, message: M): void
  submit(command: Command, reply: Reply): void
  read(vocabulary: string, call: Call, reply: Reply): void
  /** Writes, sends, applies and answers, until there is nothing more to do. */
  drive(): void
}

/** What a node tells of its place among the others. */
export type Standing = Pick<NodeStatus, 'role' | 'term' | 'leader' | 'decisions'>

/** What differs from one protocol to another. All of it is asked between passes. */
export interface ReplicaView {
  standing(): Standing
  positions(): Pick<NodeStatus, 'commitIndex' | 'snapshotIndex'>
  isReady(told: Standing): boolean
  /** The term in which it leads and may act for the cluster; null: it may not. */
  leadsIn(): number | null
  /** Its place in one line, for its log. */
  line(): string
}

export interface ReplicaServerOptions<M> {
  readonly id: NodeId
  readonly members: readonly NodeId[]
  readonly replica: DrivenReplica<M>
  readonly digests: RecentDigests
  readonly view: ReplicaView
  /** As it is on the disk at the start. */
  readonly standing: Standing
  readonly log: (message: string) => void
  /** Address of the sink, where effects happen; null: there is none. */
  readonly sink: string | null
}

export class ReplicaServer<M> implements ReplicatedApi {
  readonly #options: ReplicaServerOptions<M>
  readonly #duties: readonly Duty[]
  /** As of the last pass, so that it is on the disk. A term that is told and that a power loss takes back seems to go back. */
  #told: Standing
  #isDue = false
  #said = ''

  constructor(options: ReplicaServerOptions<M>) {
    this.#options = options
    this.#told = options.standing
    this.#duties = dutiesOf({
      id: options.id,
      sink: options.sink,
      propose: (vocabulary, call) => this.submit({ kind: 'internal', vocabulary, call }, () => {}),
      deviations: healthyDuties,
    })
  }

  tick(): void {
    this.#options.replica.tick()
    this.#schedule()
  }

  receive(from: NodeId, message: M): void {
    this.#options.replica.receive(from, message)
    this.#schedule()
  }

  submit(command: Command, reply: Reply): void {
    this.#options.replica.submit(command, reply)
    this.#schedule()
  }

  read(vocabulary: string, call: Call, reply: Reply): void {
    this.#options.replica.read(vocabulary, call, reply)
    this.#schedule()
  }

  status(): ReturnType<ReplicatedApi['status']> {
    const { replica, view, digests, members } = this.#options
    return {
      ...this.#told,
      ...view.positions(),
      appliedIndex: replica.machineAt,
      digest: replica.machine.digest,
      digestAt: replica.machineAt,
      earlierDigests: digests.byPosition,
      members,
      clockMs: Date.now(),
      ready: view.isReady(this.#told),
    }
  }

  /** One pass handles everything that arrived in this turn of the event loop, which batches proposals and reads. */
  #schedule(): void {
    if (this.#isDue) return
    this.#isDue = true
    setImmediate(() => {
      this.#isDue = false
      this.#options.replica.drive()
      this.#told = this.#options.view.standing()
      this.#performDuties()
      this.#report()
    })
  }

  #performDuties(): void {
    const { replica, view } = this.#options
    const term = view.leadsIn()
    for (const duty of this.#duties) {
      if (term !== null) duty.perform(replica.machine, term)
      else duty.stop?.()
    }
  }

  #report(): void {
    const line = this.#options.view.line()
    if (line !== this.#said) this.#options.log(line)
    this.#said = line
  }
}
